"""What stand-ins share that keep their books as plain objects: serving, failing on demand, control, webhooks, state."""
