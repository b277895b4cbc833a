"""The desk measured beside a bare Flask application on the same server: `make bench`, told in docs/performance.md."""
