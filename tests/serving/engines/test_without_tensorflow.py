"""A server of our servables has no TensorFlow in its process, answers soon and stays small."""

import subprocess
import sys
from pathlib import Path

import psutil

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.client.rest.client import HttpClient
from aoi_modules.modelstore.golden import Golden
from aoi_modules.serving.launchers.embedded import EmbeddedServer

PROGRAM = """
import asyncio, sys
from pathlib import Path
from aoi_modules.modelstore.golden import Golden
from aoi_modules.serving.answering.inference import Inference
from aoi_modules.serving.engine import EngineName
from aoi_modules.serving.engines.choice import engine_loader
from aoi_modules.serving.lifecycle.loader import Loader
from aoi_modules.serving import server

path = Path(sys.argv[1])
servable = Loader(engine_loader(EngineName.AUTO))("pcb", 1, path)
answer = servable.answer(Inference(servable.signature(""), Golden.read(path).inputs, (), dict))
assert answer["short"].shape[1] == 1
loaded = {"tensorflow", "keras", "matplotlib", "sklearn", "tensorflow_serving"} & set(sys.modules)
assert not loaded, loaded
"""


def test_nothing_of_tensorflow_is_loaded_by_an_answer(pcb: Path) -> None:
    subprocess.run([sys.executable, "-c", PROGRAM, str(pcb)], check=True, timeout=120)


def test_a_server_answers_by_both_protocols_and_stays_small(pcb: Path) -> None:
    truth = Golden.read(pcb)
    with EmbeddedServer({"pcb": pcb.parent}) as server:
        with GrpcClient(Endpoint(server.grpc, "pcb")) as by_grpc, HttpClient(Endpoint(server.rest, "pcb")) as by_http:
            for client in (by_grpc, by_http):
                scores = client.predict_pictures(truth.pictures).scores
                assert abs(scores["short"] - truth.scores["short"]).max() < 1e-4
        process = psutil.Process(server.pid)
        assert not [mapped.path for mapped in process.memory_maps() if "site-packages/tensorflow/" in mapped.path]
        assert process.memory_info().rss < 200e6
        assert "OpenVINO runs it" in server.log_tail()
