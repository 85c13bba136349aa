"""Subscriptions, and the transports that can stream: Server-Sent Events and WebSocket."""
