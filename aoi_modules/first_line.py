"""The cause in what a library says, which may be many lines long."""

import re
import ssl

_NOISE = re.compile(r"\x1b\[[0-9;]*m|\{\{function_node [^}]*\}\} ?")
_NO_CAUSE = (
    "Exception encountered when calling", "Graph execution error:",
    "Detected at node", 'File "', "<stack traces unavailable>",
    "Exception from src/", "Check '", "FrontEnd API failed with", "Model wasn't fully converted", "Summary:",
)  # fmt: skip


def first_line(error: BaseException) -> str:
    """Finds the first line of what a library says; Keras puts the cause behind many lines, in colour."""
    text = _NOISE.sub("", str(error)).rpartition("Exception encountered:")[2]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(_NO_CAUSE)] or lines
    if lines[:1] == ["in user code:"]:  # of a function that TensorFlow made a graph of: the cause comes last
        lines = lines[-1:]
    where = [at for at, line in enumerate(lines[:-1]) if line.startswith("Node: '")]  # behind TensorFlow's stack trace
    lines = lines[where[0] + 1 :] if where else lines
    return lines[0].removeprefix("-- ")[:300] if lines else type(error).__name__


def distrust(error: BaseException) -> str:
    """Says what is wrong with a server's certificate, if that is the cause: `Hostname mismatch, ...`; otherwise empty.

    Libraries put the error of TLS into their own: among its arguments, or as what was raised before it.
    """
    left, seen = [error], set[int]()
    while left:
        one = left.pop()
        if isinstance(one, ssl.SSLCertVerificationError):
            return one.verify_message.rstrip(".")
        if type(one).__name__ == "CertificateError":  # urllib3's own, where it compares the name by itself
            return str(one)
        seen.add(id(one))
        inside = (*one.args, one.__cause__, one.__context__)
        left += [more for more in inside if isinstance(more, BaseException) and id(more) not in seen]
    return ""
