"""What flags mean together, and lists in flags."""

import pytest

from aoi_modules.errors import SettingsError
from aoi_modules.serving.answering.signature_check import InputCheck
from aoi_modules.serving.flags import Flags


def test_one_flag_stands_for_both_kinds_of_threads() -> None:
    both = Flags(tensorflow_session_parallelism=3)
    assert (both.intra_op_threads, both.inter_op_threads) == (3, 3)
    own = Flags(tensorflow_session_parallelism=3, tensorflow_intra_op_parallelism=2)
    assert (own.intra_op_threads, own.inter_op_threads) == (2, 3)


def test_tags() -> None:
    assert Flags().tags == ("serve",)
    assert Flags(saved_model_tags="serve,,gpu").tags == ("serve", "gpu")


def test_channel_arguments_are_numbers_where_they_look_like_it() -> None:
    text = "grpc.max_connection_age_ms=2000,grpc.x=-1,grpc.name=a=b,grpc.great=12345678901"
    assert Flags(grpc_channel_arguments=text).channel_arguments == {
        "grpc.max_connection_age_ms": 2000,
        "grpc.x": -1,
        "grpc.name": "a=b",
        "grpc.great": "12345678901",  # more than gRPC's 32 bits
    }


def test_input_checks_by_model() -> None:
    assert Flags().checks == {}
    assert Flags(input_checks="tile=full,*=none").checks == {"tile": InputCheck.FULL, "*": InputCheck.NONE}


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (Flags(input_checks="=full"), "--input_checks: expected k=v,k=v. Received: '=full'"),
        (Flags(grpc_channel_arguments="a=1,b"), "--grpc_channel_arguments: expected k=v,k=v. Received: 'b'"),
        (Flags(mixed_precision="bfloat16"), "--mixed_precision: export with --precision float16 instead"),
    ],
)
def test_what_is_refused(flags: Flags, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        flags.check()
    assert caught.value.message.startswith(message)
    assert caught.value.hint


def test_the_defaults_are_not_refused() -> None:
    Flags().check()
