"""The portal with the floors beside it: only ever served by the benchmark."""

from django.urls import include, path

from portal.bench import floors

urlpatterns = [
    path("bench/nothing/", floors.nothing),
    path("bench/write/", floors.write),
    path("bench/write-as-somebody/", floors.WriteAsSomebody.as_view()),
    path("", include("portal.urls")),
]
