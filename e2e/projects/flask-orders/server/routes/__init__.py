from .orders import bp as orders
from .products import bp as products


def register_routes(app):
    app.register_blueprint(orders, url_prefix="/orders")
    app.register_blueprint(products, url_prefix="/products")
