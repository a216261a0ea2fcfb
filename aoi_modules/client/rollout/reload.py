"""Gives a running server another model config: HandleReloadConfigRequest, by gRPC."""

import grpc

from aoi_modules.client.grpc import calls
from aoi_modules.client.grpc.channel import open_channel
from aoi_modules.client.tls import Tls
from aoi_modules.errors import RpcError
from aoi_modules.serving import model_config
from aoi_modules.wire.messages import ReloadConfigRequest, ReloadConfigResponse
from aoi_modules.wire.schema import CODES

RELOAD = "/tensorflow.serving.ModelService/HandleReloadConfigRequest"


def reload_models(address: str, config: str, *, timeout: float = 60.0, tls: Tls | None = None) -> None:
    """Lets a server follow a config, and waits until its new models answer.

    The server forgets it when it ends; what shall stay has to stand in its config file, too.

    Args:
        address: `HOST:PORT`.
        config: text form of tensorflow.serving.ModelServerConfig: all models, not only those that change.
        timeout: seconds.
        tls: for a server that speaks TLS.

    Raises:
        RpcError: the text is no config, or the server refuses it and changes nothing; with the server's words.
    """
    request = ReloadConfigRequest(config=model_config.parse(config))
    with open_channel(address, tls) as channel:
        call = channel.unary_unary(
            RELOAD,
            request_serializer=calls.serialize,
            response_deserializer=ReloadConfigResponse.FromString,
        )
        try:
            status = call(request, timeout=timeout).status
        except grpc.RpcError as error:
            raise calls.rpc_error(error, address, timeout) from None
    if status.error_code:  # the original puts some refusals into the answer
        code = CODES[status.error_code] if status.error_code < len(CODES) else "UNKNOWN"
        raise RpcError(code, status.error_message)
