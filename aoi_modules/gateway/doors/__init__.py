"""The gateway's doors: how pictures come in and verdicts go out. They translate; the line behind them knows no HTTP."""
