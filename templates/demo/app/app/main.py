"""The application: which routers it has."""

from fastapi import FastAPI

from app.routers import customers


def create_app() -> FastAPI:
    """Build the application with all of its routers."""
    app = FastAPI(title="Corner shop")
    app.include_router(customers.router)
    return app


app = create_app()
