"""Writes houses as a factory hands over its parts: a CSV file, and a picture file for each of its lines."""

import csv
from pathlib import Path

from aoi_modules.datasets.table import Table, encode_png

LIST = "houses.csv"
PICTURE = "picture"
"""The column with the names of the picture files, beside those of the features and the target."""


def write_list(table: Table, folder: Path) -> Path:
    """Writes a line and a PNG for each row, and gives the path of the CSV file.

    Args:
        table: N rows with features and one target; `features` are written with as many digits as float32 has.
        folder: that exists; files of the same names are replaced.
    """
    columns = [PICTURE, *table.feature_names, table.main.name]
    with (folder / LIST).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in range(len(table)):
            name = f"house_{row + 1}.png"
            (folder / name).write_bytes(encode_png(table.picture(row)))
            numbers = () if table.features is None else table.features[row]
            writer.writerow([name, *(f"{number:.9g}" for number in (*numbers, table.main.values[row]))])
    return folder / LIST
