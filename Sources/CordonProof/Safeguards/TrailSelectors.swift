import CordonModel

/// Which calls a trail records (CloudTrail User Guide, "Logging management events", "Logging data events").
struct TrailSelectors {
  /// Whether it records every call that manages something.
  let managesAll: Bool
  /// Beginnings of the ARNs of objects whose reads and writes it records; an empty one is all of them.
  let objects: [String]
  /// Why that is not known.
  let unknown: [UnknownPart]
  /// Whether nothing is known of them.
  let isUnread: Bool

  init(_ trail: CloudResource, _ estate: CloudEstate) {
    let written = [trail["EventSelectors"], trail["AdvancedEventSelectors"]].compactMap(\.self)
    // What was not read of them may be anything.
    let hidden = written.flatMap { value -> [UnknownPart] in
      if case .unknown = value.content { return estate.text(value).unknowns }
      return []
    }
    guard hidden.isEmpty else {
      (managesAll, objects, unknown, isUnread) = (false, [], hidden, true)
      return
    }
    let plain = trail["EventSelectors"]?.elements ?? []
    let advanced = trail["AdvancedEventSelectors"]?.elements ?? []
    var unknown: [UnknownPart] = []
    var objects: [String] = []
    // A trail without selectors records what manages something, and no data.
    var managesAll = plain.isEmpty && advanced.isEmpty
    for selector in plain {
      guard estate.text(selector["ReadWriteType"]).or("All").value == "All" else { continue }
      if estate.bool(selector["IncludeManagementEvents"]).or(true).value == true,
        selector["ExcludeManagementEventSources"]?.elements.isEmpty ?? true
      {
        managesAll = true
      }
      for data in selector["DataResources"]?.elements ?? []
      where estate.text(data["Type"]).value == "AWS::S3::Object" {
        let values = estate.texts(data["Values"])
        objects += values.known.map { $0 == "arn:\(estate.standIn.partition):s3" ? "" : $0 }
        unknown += values.unknown
      }
    }
    for selector in advanced {
      let fields = Dictionary(
        (selector["FieldSelectors"]?.elements ?? []).map { (estate.text($0["Field"]).value ?? "?", $0) }
      ) { first, _ in first }
      let category = fields["eventCategory"].map { estate.texts($0["Equals"]).known } ?? []
      if category == ["Management"], fields.count == 1 { managesAll = true }
      guard category == ["Data"],
        Set(fields.keys).isSubset(of: ["eventCategory", "resources.type", "resources.ARN"]),
        fields["resources.type"].map({ estate.texts($0["Equals"]).known }) == ["AWS::S3::Object"]
      else { continue }
      guard let arn = fields["resources.ARN"] else {
        objects.append("")
        continue
      }
      // Every operator that it has must hold: only one that names beginnings alone covers all behind them.
      guard
        arn.members.allSatisfy({ ["Field", "StartsWith"].contains($0.name) || $0.value.elements.isEmpty })
      else { continue }
      let starts = estate.texts(arn["StartsWith"])
      objects += starts.known
      unknown += starts.unknown
    }
    isUnread = false
    self.managesAll = managesAll
    self.objects = objects
    self.unknown = unknown
  }

  /// Whether it records reads and writes of a bucket's objects.
  func covers(_ bucket: String) -> Bool { objects.contains { "\(bucket)/".hasPrefix($0) } }
}
