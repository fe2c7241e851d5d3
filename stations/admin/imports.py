from django.contrib import admin

from stations.models import ImportJob


@admin.register(ImportJob)
class ImportJobAdmin(admin.ModelAdmin):
    list_display = ["name", "state", "rows_done", "rows_total", "uploaded_at"]
