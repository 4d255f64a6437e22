"""The edge to Lambda and AWS: clients, batches, metrics, logs, the clock."""
