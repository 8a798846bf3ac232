"""A stand-in for one PayPal account: REST APIs, OAuth tokens, webhooks with real signatures, and a control API."""
