/// Reads back what a store holds, through its own project's workspace: the only honest way in.
enum StoreReader {
  /// Everything that was stored lately, as one arrival a bucket.
  static func contents(
    of buckets: [String], through workspace: String, in twin: Twin
  ) throws(DrillError) -> [Arrival] {
    var arrivals: [Arrival] = []
    for bucket in buckets {
      let result = try twin.run(
        in: workspace, parameters: ["REGION": twin.facts.region, "BUCKET": bucket],
        Script.s3(dump).command)
      guard result.text.contains("\ndump complete") || result.text.hasPrefix("dump complete") else {
        throw .unreadable("cannot read back s3://\(bucket) through \(workspace): \(result.lastLine)")
      }
      arrivals.append(Arrival(place: "s3://\(bucket)", bytes: result.output))
    }
    return arrivals
  }

  /// Keys, headers and the first part of each object, all versions, drill's own before others.
  private static let dump = #"""
    import re
    from xml.sax.saxutils import unescape
    keys, bucket = own(), E["BUCKET"]
    status, _, listing = call("GET", S3, f"/{bucket}", query=[("versions", ""), ("max-keys", "1000")], keys=keys)
    entries = re.findall(r"<Version>.*?<Key>(.*?)</Key>.*?<VersionId>(.*?)</VersionId>", listing.decode(), re.S)
    if status != 200 or not entries:
        status, _, listing = call("GET", S3, f"/{bucket}", query=[("list-type", "2")], keys=keys)
        entries = [(key, "") for key in re.findall(r"<Key>(.*?)</Key>", listing.decode())]
    sys.stdout.buffer.write(listing + b"\n")
    for key, version in sorted(entries, key=lambda entry: not entry[0].startswith("drill"))[:300]:
        query = [("versionId", version)] if version not in ("", "null") else []
        answer = attempt(call, "GET", S3, f"/{bucket}/{unescape(key)}", query, b"", {"range": "bytes=0-65535"}, keys)
        if answer:
            sys.stdout.buffer.write(repr(answer[1]).encode() + b"\n" + answer[2] + b"\n")
    sys.stdout.buffer.flush()
    if status == 200:
        print("dump complete", flush=True)
    """#
}
