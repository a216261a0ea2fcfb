"""What lesson 10 asks of its readers: questions, a panel, faults, log lines, files of a cluster, copies, a runner.

Answers are held against what a Prometheus, log lines, our own files and our own commands really say.
"""
