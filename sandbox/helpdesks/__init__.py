"""Stand-ins of five helpdesks: Zendesk, Freshdesk, Help Scout, Intercom and Front."""
