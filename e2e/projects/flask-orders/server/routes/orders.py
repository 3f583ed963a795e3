from flask import Blueprint, request

bp = Blueprint("orders", __name__)
orders = []


@bp.get("/")
def list_orders():
    return orders


@bp.post("/")
def create_order():
    data = request.get_json()
    order = {"id": len(orders) + 1, "product": data["product"], "count": data.get("count", 1)}
    orders.append(order)
    return order, 201


@bp.delete("/<int:order_id>")
def delete_order(order_id):
    orders[:] = [one for one in orders if one["id"] != order_id]
    return "", 204
