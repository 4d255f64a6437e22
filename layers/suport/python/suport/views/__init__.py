"""What an incident shows to citizens, to operators and in queues."""
