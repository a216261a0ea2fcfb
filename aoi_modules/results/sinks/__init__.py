"""The way out of results: what is recorded goes to brokers and webhooks, in order and at least once.

Letters come from the outbox of `results/database` and leave it when their sink has taken them; knows no gateway.
"""
