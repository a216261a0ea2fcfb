"""Types of the dynamic message classes in messages.py; the test of that module holds both together."""

from collections.abc import Iterable, Mapping

from google.protobuf.any_pb2 import Any
from google.protobuf.internal.containers import MessageMap, ScalarMap
from google.protobuf.internal.containers import RepeatedCompositeFieldContainer as RepeatedComposite
from google.protobuf.internal.containers import RepeatedScalarFieldContainer as RepeatedScalar
from google.protobuf.message import Message
from google.protobuf.wrappers_pb2 import Int64Value

SCHEMA: dict[str, str]
ENUMS: dict[str, dict[str, int]]
CODES: list[str]
DATA_TYPES: list[str]
OFFICIAL_NAMES: dict[str, str]
CLASSES: dict[str, type[Message]]

class TensorShapeProto(Message):
    class Dim(Message):
        size: int
        name: str
        def __init__(self, *, size: int | None = ..., name: str | None = ...) -> None: ...

    @property
    def dim(self) -> RepeatedComposite[TensorShapeProto.Dim]: ...
    unknown_rank: bool
    def __init__(
        self, *, dim: Iterable[TensorShapeProto.Dim] | None = ..., unknown_rank: bool | None = ...
    ) -> None: ...

class TensorProto(Message):
    dtype: int
    @property
    def tensor_shape(self) -> TensorShapeProto: ...
    version_number: int
    tensor_content: bytes
    @property
    def half_val(self) -> RepeatedScalar[int]: ...
    @property
    def float_val(self) -> RepeatedScalar[float]: ...
    @property
    def double_val(self) -> RepeatedScalar[float]: ...
    @property
    def int_val(self) -> RepeatedScalar[int]: ...
    @property
    def string_val(self) -> RepeatedScalar[bytes]: ...
    @property
    def scomplex_val(self) -> RepeatedScalar[float]: ...
    @property
    def int64_val(self) -> RepeatedScalar[int]: ...
    @property
    def bool_val(self) -> RepeatedScalar[bool]: ...
    @property
    def dcomplex_val(self) -> RepeatedScalar[float]: ...
    @property
    def uint32_val(self) -> RepeatedScalar[int]: ...
    @property
    def uint64_val(self) -> RepeatedScalar[int]: ...
    def __init__(
        self,
        *,
        dtype: int | None = ...,
        tensor_shape: TensorShapeProto | None = ...,
        version_number: int | None = ...,
        tensor_content: bytes | None = ...,
        half_val: Iterable[int] | None = ...,
        float_val: Iterable[float] | None = ...,
        double_val: Iterable[float] | None = ...,
        int_val: Iterable[int] | None = ...,
        string_val: Iterable[bytes] | None = ...,
        scomplex_val: Iterable[float] | None = ...,
        int64_val: Iterable[int] | None = ...,
        bool_val: Iterable[bool] | None = ...,
        dcomplex_val: Iterable[float] | None = ...,
        uint32_val: Iterable[int] | None = ...,
        uint64_val: Iterable[int] | None = ...,
    ) -> None: ...

class TensorInfo(Message):
    name: str
    dtype: int
    @property
    def tensor_shape(self) -> TensorShapeProto: ...
    def __init__(
        self, *, name: str | None = ..., dtype: int | None = ..., tensor_shape: TensorShapeProto | None = ...
    ) -> None: ...

class SignatureDef(Message):
    @property
    def inputs(self) -> MessageMap[str, TensorInfo]: ...
    @property
    def outputs(self) -> MessageMap[str, TensorInfo]: ...
    method_name: str
    @property
    def defaults(self) -> MessageMap[str, TensorProto]: ...
    def __init__(
        self,
        *,
        inputs: Mapping[str, TensorInfo] | None = ...,
        outputs: Mapping[str, TensorInfo] | None = ...,
        method_name: str | None = ...,
        defaults: Mapping[str, TensorProto] | None = ...,
    ) -> None: ...

class ModelSpec(Message):
    name: str
    @property
    def version(self) -> Int64Value: ...
    version_label: str
    signature_name: str
    def __init__(
        self,
        *,
        name: str | None = ...,
        version: Int64Value | None = ...,
        version_label: str | None = ...,
        signature_name: str | None = ...,
    ) -> None: ...

class GetModelMetadataRequest(Message):
    @property
    def model_spec(self) -> ModelSpec: ...
    @property
    def metadata_field(self) -> RepeatedScalar[str]: ...
    def __init__(self, *, model_spec: ModelSpec | None = ..., metadata_field: Iterable[str] | None = ...) -> None: ...

class GetModelMetadataResponse(Message):
    @property
    def model_spec(self) -> ModelSpec: ...
    @property
    def metadata(self) -> MessageMap[str, Any]: ...
    def __init__(self, *, model_spec: ModelSpec | None = ..., metadata: Mapping[str, Any] | None = ...) -> None: ...

class GetModelStatusRequest(Message):
    @property
    def model_spec(self) -> ModelSpec: ...
    def __init__(self, *, model_spec: ModelSpec | None = ...) -> None: ...

class GetModelStatusResponse(Message):
    @property
    def model_version_status(self) -> RepeatedComposite[ModelVersionStatus]: ...
    def __init__(self, *, model_version_status: Iterable[ModelVersionStatus] | None = ...) -> None: ...

class ModelConfig(Message):
    name: str
    base_path: str
    model_platform: str
    @property
    def model_version_policy(self) -> ServableVersionPolicy: ...
    @property
    def version_labels(self) -> ScalarMap[str, int]: ...
    def __init__(
        self,
        *,
        name: str | None = ...,
        base_path: str | None = ...,
        model_platform: str | None = ...,
        model_version_policy: ServableVersionPolicy | None = ...,
        version_labels: Mapping[str, int] | None = ...,
    ) -> None: ...

class ModelConfigList(Message):
    @property
    def config(self) -> RepeatedComposite[ModelConfig]: ...
    def __init__(self, *, config: Iterable[ModelConfig] | None = ...) -> None: ...

class ModelServerConfig(Message):
    @property
    def model_config_list(self) -> ModelConfigList: ...
    def __init__(self, *, model_config_list: ModelConfigList | None = ...) -> None: ...

class ModelVersionStatus(Message):
    version: int
    state: int
    @property
    def status(self) -> StatusProto: ...
    def __init__(
        self, *, version: int | None = ..., state: int | None = ..., status: StatusProto | None = ...
    ) -> None: ...

class MonitoringConfig(Message):
    @property
    def prometheus_config(self) -> PrometheusConfig: ...
    def __init__(self, *, prometheus_config: PrometheusConfig | None = ...) -> None: ...

class PredictLog(Message):
    @property
    def request(self) -> PredictRequest: ...
    @property
    def response(self) -> PredictResponse: ...
    def __init__(self, *, request: PredictRequest | None = ..., response: PredictResponse | None = ...) -> None: ...

class PredictRequest(Message):
    @property
    def model_spec(self) -> ModelSpec: ...
    @property
    def inputs(self) -> MessageMap[str, TensorProto]: ...
    @property
    def output_filter(self) -> RepeatedScalar[str]: ...
    def __init__(
        self,
        *,
        model_spec: ModelSpec | None = ...,
        inputs: Mapping[str, TensorProto] | None = ...,
        output_filter: Iterable[str] | None = ...,
    ) -> None: ...

class PredictResponse(Message):
    @property
    def model_spec(self) -> ModelSpec: ...
    @property
    def outputs(self) -> MessageMap[str, TensorProto]: ...
    def __init__(
        self, *, model_spec: ModelSpec | None = ..., outputs: Mapping[str, TensorProto] | None = ...
    ) -> None: ...

class PredictionLog(Message):
    @property
    def predict_log(self) -> PredictLog: ...
    def __init__(self, *, predict_log: PredictLog | None = ...) -> None: ...

class PrometheusConfig(Message):
    enable: bool
    path: str
    def __init__(self, *, enable: bool | None = ..., path: str | None = ...) -> None: ...

class ServableVersionPolicy(Message):
    class All(Message): ...

    class Latest(Message):
        num_versions: int
        def __init__(self, *, num_versions: int | None = ...) -> None: ...

    class Specific(Message):
        @property
        def versions(self) -> RepeatedScalar[int]: ...
        def __init__(self, *, versions: Iterable[int] | None = ...) -> None: ...

    @property
    def latest(self) -> Latest: ...
    @property
    def all(self) -> All: ...
    @property
    def specific(self) -> Specific: ...
    def __init__(
        self, *, latest: Latest | None = ..., all: All | None = ..., specific: Specific | None = ...
    ) -> None: ...

class SignatureDefMap(Message):
    @property
    def signature_def(self) -> MessageMap[str, SignatureDef]: ...
    def __init__(self, *, signature_def: Mapping[str, SignatureDef] | None = ...) -> None: ...

class StatusProto(Message):
    error_code: int
    error_message: str
    def __init__(self, *, error_code: int | None = ..., error_message: str | None = ...) -> None: ...
