"""The fields of TensorFlow Serving's public messages: the one place that states them.

The classes (`messages`), the descriptors they are built from and the types beside them (`messages.pyi`) all come from
here. The test of this module compares each field with the official descriptors.
"""

_POLICY = "tensorflow.serving.FileSystemStoragePathSourceConfig.ServableVersionPolicy"

SCHEMA = {
    "tensorflow.TensorShapeProto.Dim": "int64 size = 1; string name = 2",
    "tensorflow.TensorShapeProto": "repeated TensorShapeProto.Dim dim = 2; bool unknown_rank = 3",
    "tensorflow.TensorProto": """
        DataType dtype = 1; TensorShapeProto tensor_shape = 2; int32 version_number = 3; bytes tensor_content = 4;
        repeated int32 half_val = 13; repeated float float_val = 5; repeated double double_val = 6;
        repeated int32 int_val = 7; repeated bytes string_val = 8; repeated float scomplex_val = 9;
        repeated int64 int64_val = 10; repeated bool bool_val = 11; repeated double dcomplex_val = 12;
        repeated uint32 uint32_val = 16; repeated uint64 uint64_val = 17""",
    "tensorflow.TensorInfo": """
        oneof(encoding) string name = 1; DataType dtype = 2; TensorShapeProto tensor_shape = 3""",
    "tensorflow.SignatureDef": """
        map<string, TensorInfo> inputs = 1; map<string, TensorInfo> outputs = 2; string method_name = 3;
        map<string, TensorProto> defaults = 4""",
    "tensorflow.serving.ModelSpec": """
        string name = 1; oneof(version_choice) google.protobuf.Int64Value version = 2;
        oneof(version_choice) string version_label = 4; string signature_name = 3""",
    "tensorflow.serving.PredictRequest": """
        ModelSpec model_spec = 1; map<string, TensorProto> inputs = 2; repeated string output_filter = 3""",
    "tensorflow.serving.PredictResponse": "ModelSpec model_spec = 2; map<string, TensorProto> outputs = 1",
    "tensorflow.serving.GetModelMetadataRequest": "ModelSpec model_spec = 1; repeated string metadata_field = 2",
    "tensorflow.serving.GetModelMetadataResponse": """
        ModelSpec model_spec = 1; map<string, google.protobuf.Any> metadata = 2""",
    "tensorflow.serving.SignatureDefMap": "map<string, SignatureDef> signature_def = 1",
    "tensorflow.serving.StatusProto": "Code error_code = 1; string error_message = 2",
    "tensorflow.serving.GetModelStatusRequest": "ModelSpec model_spec = 1",
    "tensorflow.serving.ModelVersionStatus": """
        int64 version = 1; ModelVersionStatus.State state = 2; StatusProto status = 3""",
    "tensorflow.serving.GetModelStatusResponse": "repeated ModelVersionStatus model_version_status = 1",
    "tensorflow.serving.PredictLog": "PredictRequest request = 1; PredictResponse response = 2",
    "tensorflow.BytesList": "repeated bytes value = 1",
    "tensorflow.FloatList": "repeated float value = 1",
    "tensorflow.Int64List": "repeated int64 value = 1",
    "tensorflow.Feature": """
        oneof(kind) BytesList bytes_list = 1; oneof(kind) FloatList float_list = 2;
        oneof(kind) Int64List int64_list = 3""",
    "tensorflow.Features": "map<string, Feature> feature = 1",
    "tensorflow.Example": "Features features = 1",
    "tensorflow.serving.ExampleList": "repeated Example examples = 1",
    "tensorflow.serving.ExampleListWithContext": "repeated Example examples = 1; Example context = 2",
    "tensorflow.serving.Input": """
        oneof(kind) ExampleList example_list = 1; oneof(kind) ExampleListWithContext example_list_with_context = 2""",
    "tensorflow.serving.Class": "string label = 1; float score = 2",
    "tensorflow.serving.Classifications": "repeated Class classes = 1",
    "tensorflow.serving.ClassificationResult": "repeated Classifications classifications = 1",
    "tensorflow.serving.ClassificationRequest": "ModelSpec model_spec = 1; Input input = 2",
    "tensorflow.serving.ClassificationResponse": "ModelSpec model_spec = 2; ClassificationResult result = 1",
    "tensorflow.serving.Regression": "float value = 1",
    "tensorflow.serving.RegressionResult": "repeated Regression regressions = 1",
    "tensorflow.serving.RegressionRequest": "ModelSpec model_spec = 1; Input input = 2",
    "tensorflow.serving.RegressionResponse": "ModelSpec model_spec = 2; RegressionResult result = 1",
    "tensorflow.serving.InferenceTask": "ModelSpec model_spec = 1; string method_name = 2",
    "tensorflow.serving.InferenceResult": """
        ModelSpec model_spec = 1; oneof(result) ClassificationResult classification_result = 2;
        oneof(result) RegressionResult regression_result = 3""",
    "tensorflow.serving.MultiInferenceRequest": "repeated InferenceTask tasks = 1; Input input = 2",
    "tensorflow.serving.MultiInferenceResponse": "repeated InferenceResult results = 1",
    "tensorflow.serving.ClassifyLog": "ClassificationRequest request = 1; ClassificationResponse response = 2",
    "tensorflow.serving.RegressLog": "RegressionRequest request = 1; RegressionResponse response = 2",
    "tensorflow.serving.MultiInferenceLog": "MultiInferenceRequest request = 1; MultiInferenceResponse response = 2",
    "tensorflow.serving.PredictionLog": """
        oneof(log_type) ClassifyLog classify_log = 2; oneof(log_type) RegressLog regress_log = 3;
        oneof(log_type) PredictLog predict_log = 6; oneof(log_type) MultiInferenceLog multi_inference_log = 4""",
    f"{_POLICY}.Latest": "uint32 num_versions = 1",
    f"{_POLICY}.All": "",
    f"{_POLICY}.Specific": "repeated int64 versions = 1",
    _POLICY: """
        oneof(policy_choice) FileSystemStoragePathSourceConfig.ServableVersionPolicy.Latest latest = 100;
        oneof(policy_choice) FileSystemStoragePathSourceConfig.ServableVersionPolicy.All all = 101;
        oneof(policy_choice) FileSystemStoragePathSourceConfig.ServableVersionPolicy.Specific specific = 102""",
    "tensorflow.serving.FileSystemStoragePathSourceConfig": "",
    "tensorflow.serving.ModelConfig": """
        string name = 1; string base_path = 2; ModelType model_type = 3; string model_platform = 4;
        FileSystemStoragePathSourceConfig.ServableVersionPolicy model_version_policy = 7;
        map<string, int64> version_labels = 8""",
    "tensorflow.serving.ModelConfigList": "repeated ModelConfig config = 1",
    "tensorflow.serving.ModelServerConfig": "oneof(config) ModelConfigList model_config_list = 1",
    "tensorflow.serving.ReloadConfigRequest": "ModelServerConfig config = 1; repeated string metric_names = 2",
    "tensorflow.serving.ReloadConfigResponse": "StatusProto status = 1",
    "tensorflow.serving.BatchingParameters": """
        google.protobuf.Int64Value max_batch_size = 1; google.protobuf.Int64Value batch_timeout_micros = 2;
        google.protobuf.Int64Value max_enqueued_batches = 3; google.protobuf.Int64Value num_batch_threads = 4;
        google.protobuf.StringValue thread_pool_name = 5; repeated int64 allowed_batch_sizes = 6;
        bool pad_variable_length_inputs = 7; google.protobuf.BoolValue enable_large_batch_splitting = 8;
        google.protobuf.Int64Value max_execution_batch_size = 9""",
    "tensorflow.serving.SSLConfig": """
        string server_key = 1; string server_cert = 2; string custom_ca = 3; bool client_verify = 4""",
    "tensorflow.serving.PrometheusConfig": "bool enable = 1; string path = 2",
    "tensorflow.serving.MonitoringConfig": "PrometheusConfig prometheus_config = 1",
}
"""The fields of each message: `[repeated|oneof(NAME)] TYPE name = number`, with a semicolon between two. A type without
a package is looked up in the message's own package, then in tensorflow."""

DATA_TYPES = """INVALID FLOAT DOUBLE INT32 UINT8 INT16 INT8 STRING COMPLEX64 INT64 BOOL QINT8 QUINT8 QINT32 BFLOAT16
    QINT16 QUINT16 UINT16 COMPLEX128 HALF RESOURCE VARIANT UINT32 UINT64""".split()
"""The names of tensors' data types; the place of a name is its number."""
CODES = """OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED
    RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS
    UNAUTHENTICATED""".split()
"""The names of status codes; the place of a name is its number."""
ENUMS = {
    "tensorflow.DataType": {f"DT_{name}": number for number, name in enumerate(DATA_TYPES)},
    "tensorflow.serving.Code": {name: number for number, name in enumerate(CODES)},
    "tensorflow.serving.ModelType": {"MODEL_TYPE_UNSPECIFIED": 0, "TENSORFLOW": 1, "OTHER": 2},
    "tensorflow.serving.ModelVersionStatus.State": {
        "UNKNOWN": 0, "START": 10, "LOADING": 20, "AVAILABLE": 30, "UNLOADING": 40, "END": 50,
    },
}  # fmt: skip
"""The numbers of each enum's names. An enum's own name does not travel on the wire."""
