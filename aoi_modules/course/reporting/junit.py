"""The outcomes of a run as JUnit XML, which every CI shows."""

import re
import xml.etree.ElementTree as ElementTree

from aoi_modules.course.running.outcome import Outcome

_NOT_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def junit(outcomes: list[Outcome], profile: str) -> bytes:
    """One test case a lesson, as UTF-8; a fresh lesson took no time in this run."""
    failures = sum(outcome.status == "failed" for outcome in outcomes)
    skipped = sum(outcome.status == "skipped" for outcome in outcomes)
    suite = ElementTree.Element(
        "testsuite",
        name=f"lessons ({profile})",
        tests=str(len(outcomes)),
        failures=str(failures),
        skipped=str(skipped),
        errors="0",
        time=f"{sum(outcome.seconds for outcome in outcomes if outcome.status != 'fresh'):.3f}",
    )
    for outcome in outcomes:
        _add_case(suite, outcome, profile)
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    content: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _add_case(suite: ElementTree.Element, outcome: Outcome, profile: str) -> None:
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=f"lessons.{profile}",
        name=outcome.plan.full_title,
        time=f"{0.0 if outcome.status == 'fresh' else outcome.seconds:.3f}",
    )
    if outcome.status == "failed":
        failure = ElementTree.SubElement(case, "failure", message=_xml(outcome.reason))
        failure.text = _xml(outcome.error.trace if outcome.error else "")
    elif outcome.status == "skipped":
        ElementTree.SubElement(case, "skipped", message=_xml(outcome.reason))
    elif outcome.status == "fresh":
        ElementTree.SubElement(case, "system-out").text = "fresh: nothing it depends on has changed since it passed"


def _xml(text: str) -> str:
    """Control characters, as colours of a terminal, are not allowed in XML."""
    return _NOT_XML.sub("", text)
