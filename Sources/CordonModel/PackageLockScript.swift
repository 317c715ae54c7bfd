/// Resolves the listed packages inside a workspace, with its own pip and against its own mirror.
///
/// The mirror must serve without a lock meanwhile, otherwise only what is locked already can be found.
public enum PackageLockScript {
  /// The command to run in a workspace: it prints one JSON document, which `PackageLockReport` reads, on its
  /// standard output, and everything else on its standard error.
  public static func command(listed: [String]) -> [String] { ["python3", "-I", "-c", text] + listed }

  /// Python that needs nothing but its standard library; pip comes out of `venv`.
  static let text = #"""
    import json, os, re, subprocess, sys, tempfile, urllib.error, urllib.request, venv

    INDEX = os.environ["PIP_INDEX_URL"].rstrip("/") + "/"
    JSON = "application/vnd.pypi.simple.v1+json"

    def normal(name):
        return re.sub(r"[-_.]+", "-", name).lower()

    def version(filename):
        if filename.endswith(".whl"):
            found = filename.split("-")[1]
        else:
            stem = re.sub(r"(\.tar\.gz|\.zip|\.tar\.bz2|\.tar\.xz|\.tgz)$", "", filename)
            found = stem.rpartition("-")[2]
        # 1.0.post1, 1.0-post1 and 1.0post1 are one version.
        return re.sub(r"[-_.]+(?=[a-z])|(?<=[a-z])[-_.]+", "", found.lower().lstrip("v"))

    def resolve(folder, names):
        try:
            venv.create(folder + "/env", with_pip=True)
        except Exception as error:
            sys.exit(f"no pip in this workspace (apt-get install python3-venv on the host): {error}")
        subprocess.run(
            [folder + "/env/bin/python", "-m", "pip", "install", "--dry-run", "--ignore-installed",
             "--no-input", "--no-cache-dir", "--disable-pip-version-check", "--progress-bar", "off",
             "--report", folder + "/report.json", "--", *names],
            stdout=sys.stderr, check=True)
        with open(folder + "/report.json") as report:
            return json.load(report)["install"]

    def page(name):
        request = urllib.request.Request(f"{INDEX}{name}/", headers={"Accept": JSON})
        for left in (2, 1, 0):
            try:
                with urllib.request.urlopen(request, timeout=90) as answer:
                    return json.load(answer)["files"]
            except urllib.error.URLError:
                if left == 0:
                    raise

    def requires(item, names):
        extras = {normal(extra) for extra in item.get("requested_extras", [])}
        found = set()
        for line in item["metadata"].get("requires_dist", []):
            name = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)", line)
            extra = re.search(r"extra\s*==\s*['\"]([^'\"]+)", line)
            if name and not (extra and normal(extra.group(1)) not in extras):
                found.add(normal(name.group(1)))
        return sorted(found & names)

    def package(item, names):
        name = normal(item["metadata"]["name"])
        chosen = urllib.parse.unquote(item["download_info"]["url"].split("#")[0].rpartition("/")[2])
        files = [
            {"filename": file["filename"], "sha256": file["hashes"]["sha256"],
             "uploadTime": file.get("upload-time", "")}
            for file in page(name)
            if version(file["filename"]) == version(chosen)
        ]
        return {"name": name, "version": item["metadata"]["version"],
                "requires": requires(item, names), "files": files}

    with tempfile.TemporaryDirectory() as folder:
        try:
            items = resolve(folder, sys.argv[1:])
        except subprocess.CalledProcessError as error:
            sys.exit(f"pip could not resolve the listed packages (exit {error.returncode})")
    names = {normal(item["metadata"]["name"]) for item in items}
    print(json.dumps({"packages": [package(item, names) for item in items]}))
    """#
}
