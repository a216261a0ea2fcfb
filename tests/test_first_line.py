"""The cause is found, wherever a library says it."""

import ssl

import pytest
from urllib3.util.ssl_match_hostname import CertificateError

from aoi_modules.first_line import distrust, first_line


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("  \nfirst\nsecond", "first"),
        ("", "ValueError"),
        (
            'in user code:\n\n    File "net.py", line 4\n        x.numpy()\n\n    AttributeError: no numpy\n',
            "AttributeError: no numpy",
        ),
        ("<Conv2D> could not be made.\nconfig={...}\n\nException encountered: no filters", "no filters"),
        (
            "Exception encountered when calling Reshape.call().\n\n\x1b[1m{{function_node __wrapped__Reshape}} "
            "Input to reshape has 768 values\x1b[0m\n\nArguments received by Reshape.call():",
            "Input to reshape has 768 values",
        ),
        (
            "Graph execution error:\n\nDetected at node 'save/RestoreV2' defined at (most recent call last):\n"
            "Node: 'save/RestoreV2'\nthe checksum does not match\n\t [[{{node save/RestoreV2}}]]",
            "the checksum does not match",
        ),
        (
            "Exception from src/inference/src/cpp/core.cpp:84:\nCheck 'false' failed at src/report.cpp:151:\n"
            "FrontEnd API failed with OpConversionFailure:\nModel wasn't fully converted.\nSummary:\n"
            "-- No conversion rule found for operations: Svd\nTo facilitate the conversion, refer to\n",
            "No conversion rule found for operations: Svd",
        ),
        (
            "Graph execution error:\n\nDetected at node add defined at (most recent call last):\n"
            '  File "net.py", line 5, in f\n'
            "\nIncompatible shapes: [1,3] vs. [1,2]\n\t [[{{node add}}]]",
            "Incompatible shapes: [1,3] vs. [1,2]",
        ),
    ],
)
def test_the_cause_is_found_in_what_a_library_says(said: str, found: str) -> None:
    assert first_line(ValueError(said)) == found


def test_what_is_wrong_with_a_certificate_is_found_wherever_a_library_puts_it() -> None:
    cause = ssl.SSLCertVerificationError(1, "certificate verify failed")
    cause.verify_message = "certificate has expired"
    behind = ValueError("no pool")
    behind.__context__ = cause
    circle = OSError("again")
    circle.__cause__ = circle
    found: list[BaseException] = [cause, ConnectionError("no answer", ValueError(cause)), behind]
    assert {distrust(error) for error in found} == {"certificate has expired"}
    assert distrust(OSError(CertificateError("hostname 'a' doesn't match 'b'"))) == "hostname 'a' doesn't match 'b'"
    other: list[BaseException] = [circle, ssl.SSLError(1, "wrong version number"), TimeoutError()]
    assert {distrust(error) for error in other} == {""}
