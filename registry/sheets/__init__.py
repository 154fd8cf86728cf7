"""Tables in files: read with guards, cleaned, written. Plain values in and out; knows no request and no database."""
