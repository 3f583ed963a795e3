from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

router = APIRouter()
items = {1: {"id": 1, "name": "Tea", "price": 4}}


class Item(BaseModel):
    name: str
    price: int


@router.get("/")
def list_items():
    return list(items.values())


@router.get("/{item_id}")
def read_item(item_id: int):
    if item_id not in items:
        raise HTTPException(404)
    return items[item_id]


@router.post("/", status_code=201)
def create_item(item: Item):
    number = max(items, default=0) + 1
    items[number] = {"id": number, **item.model_dump()}
    return items[number]


@router.delete("/{item_id}", status_code=204)
def delete_item(item_id: int):
    items.pop(item_id, None)
