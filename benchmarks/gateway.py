"""The gateway: what it costs, and how it bears trouble, each figure beside the bound that it has to reach.

    .venv/bin/python -m benchmarks.gateway --seconds 3 --rounds 5

All ask real `aoi serve` processes about the network and the JPEG of `benchmarks/serving.py`, on this machine. Speed is
measured with 1 and with 16 clients beside the model server itself and a pass-through (`benchmarks/pass_through.py`),
which hands bytes on, checks nothing, and makes one write a request without waiting for the disk. The gateway records
every inspection: with `fdatasync` before each answer, and without; and once it records nothing. CPU is that of gateway
and children a request; the model server's is not in it. What the gateway can carry is its rate with 16 clients. Half
and twice of that are then sent at a fixed rate, whatever becomes of the requests, and times count from the moment at
which a request was due. Ways take turns within a round; figures are medians of the rounds.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.gateway_speed import capacity, measure_speed, show_speed, speed_rows
from benchmarks.gateway_trouble import killed_row, overload_rows, restarted_row, shadow_rows
from benchmarks.gateway_ways import Row, model_server
from benchmarks.serving import running, written


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=3.0, help="of each measurement")
    arguments.add_argument("--rounds", type=int, default=1)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = written(folder).ours
        with running(server := model_server(model)) as (pid, _):
            measured = measure_speed(server, pid, model, folder, chosen.seconds, chosen.rounds)
            show_speed(measured)
            rate = capacity(measured)
            rows = [
                *speed_rows(measured),
                *shadow_rows(server, model, folder, rate / 2, chosen.seconds, chosen.rounds),
                *overload_rows(server, model, folder, rate, chosen.seconds, chosen.rounds),
            ]
        rows += [
            killed_row(model, folder, rate / 2, chosen.rounds),
            restarted_row(model, folder, rate / 2, chosen.rounds),
        ]
    show(rows)


def show(rows: Sequence[Row]) -> None:
    print(f"\n{'':42}{'measured':40}{'bound':>14}")
    for row in rows:
        print(f"{row.what:42}{row.figure:40}{row.bound:>14}  {'ok' if row.reached else 'missed'}")


if __name__ == "__main__":
    main()
