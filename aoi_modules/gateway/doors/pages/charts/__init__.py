"""Charts as SVG, drawn by the server: trends, Pareto's chart, p-charts, curves of thresholds, histograms of scores.

Pure: figures go in, texts come out; colours are the style sheet's.
"""
