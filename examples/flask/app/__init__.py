import traceback

from flask import Flask, jsonify
from flask_cors import CORS
from werkzeug.exceptions import HTTPException

from .views import admin, hooks, notes, uploads, users


def create_app(config=None):
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "dev-9d2f41c7"
    if config:
        app.config.update(config)

    CORS(app, supports_credentials=True)

    app.register_blueprint(users.bp, url_prefix="/api/users")
    app.register_blueprint(notes.bp, url_prefix="/api/notes")
    app.register_blueprint(admin.bp, url_prefix="/api/admin")
    app.register_blueprint(uploads.bp, url_prefix="/api/uploads")
    app.register_blueprint(hooks.bp)

    @app.get("/health")
    def health():
        return {"status": "ok"}

    @app.errorhandler(Exception)
    def on_error(error):
        if isinstance(error, HTTPException):
            return error
        return jsonify(error=str(error), trace=traceback.format_exc()), 500

    return app
