class Settings:
    title = "Shop"
    prefix = "/api/v1"


settings = Settings()
