"""For servers that speak WSGI: ``gunicorn --worker-class gthread --threads 16 wsgi:app``, ``flask --app wsgi``."""

from reqtrack import create_app

app = create_app()
