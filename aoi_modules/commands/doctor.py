"""`aoi doctor`: what this machine has and what is missing, each with the fix."""

import sys

import click

from aoi_modules.settings import settings


@click.command
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def command(as_json: bool) -> None:
    """Say what this machine has and what is missing, each with the fix.

    Exit code 0 unless something is missing that the course cannot do without.

    \b
    Examples:
      aoi doctor
      aoi doctor --json
    """
    import msgspec

    from aoi_modules.course import machine

    findings = machine.examine(settings())
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(findings), indent=2))
    else:
        colours = {"ok": "green", "missing": "yellow", "needed": "red"}
        width = max(len(finding.what) for finding in findings)
        for finding in findings:
            state = click.style(f"{finding.state:<8}", fg=colours[finding.state])
            click.echo(f"{state} {finding.what:<{width}}  {finding.found}")
            if finding.fix:
                click.echo(f"{'':<8} {'':<{width}}  fix: {finding.fix}")
    sys.exit(0 if machine.ready(findings) else 1)
