"""For servers that speak WSGI: ``gunicorn --worker-class gthread --threads 16 wsgi:app``, ``flask --app wsgi``."""

from reqtrack import commands, create_app

app = create_app()

# `flask --app wsgi db upgrade` and the others work too; Flask's own names stay Flask's.
for _name, _command in commands.cli.commands.items():
    if _name not in app.cli.commands:
        app.cli.add_command(_command, _name)
