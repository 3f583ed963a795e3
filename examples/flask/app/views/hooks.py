import hashlib
import hmac
import json
import os

from flask import Blueprint, request

from ..store import payments

bp = Blueprint("hooks", __name__)
secret = os.environ.get("WEBHOOK_SECRET", "whsec_4f9a27c1d05e")


@bp.post("/hooks/payments")
def payment_hook():
    body = request.get_data()
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if request.headers.get("x-signature") != expected:
        return {"error": "bad signature"}, 401
    payments.append(json.loads(body))
    return {"received": True}
