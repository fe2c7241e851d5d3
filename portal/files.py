from whitenoise.middleware import WhiteNoiseMiddleware

from stations import packs


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise looks at its folders once, at the start; here it also learns of packs made since."""

    def __call__(self, request):
        url = request.path_info
        if url.startswith(packs.URL):
            path = packs.FOLDER / url.removeprefix(packs.URL)
            if path.parent != packs.FOLDER or path.suffix not in packs.ENDINGS or not path.exists():
                self.files.pop(url, None)
            elif url not in self.files:
                self.add_file_to_dictionary(url, str(path))
        return super().__call__(request)

    def immutable_file_test(self, path, url):
        return url.startswith(packs.URL) or super().immutable_file_test(path, url)
