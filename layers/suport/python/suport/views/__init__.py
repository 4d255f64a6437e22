"""What citizens, operators and queues are shown of an incident."""
