import CordonModel

/// A property that every resource of a type has to have.
struct Setting: Sendable {
  let type: String
  let path: [String]
  /// What it lacks without the property.
  let lack: String
  /// Whether a value will do; asked with nil where the property is left out.
  let suffices: @Sendable (CloudValue?, CloudEstate) -> Reading<Bool>
  /// Which resources of the type are meant.
  var concerns: @Sendable (CloudResource, CloudEstate) -> Bool = { _, _ in true }

  /// The property is one of these words.
  static func word(_ type: String, _ path: [String], _ words: String..., lack: String) -> Setting {
    Setting(type: type, path: path, lack: lack) { value, estate in
      estate.text(value).map { words.contains($0) }
    }
  }

  /// The property is true.
  static func on(_ type: String, _ path: [String], lack: String) -> Setting {
    Setting(type: type, path: path, lack: lack) { value, estate in estate.bool(value) }
  }

  /// The property names a key of one's own.
  static func key(_ type: String, _ path: [String], lack: String) -> Setting {
    Setting(type: type, path: path, lack: lack) { value, estate in estate.isOwnKey(value) }
  }

  /// The same, only where `path` is there.
  func having(_ other: [String]) -> Setting {
    var copy = self
    copy.concerns = { resource, _ in resource.properties[path: other] != nil }
    return copy
  }

  func judge(_ estate: CloudEstate, _ finding: inout SafeguardFinding) {
    let deployment = estate.deployment
    if !deployment.isWhole, deployment.readProperties[type] == nil { finding.doubt([.unread(type)]) }
    for resource in estate.all(type) where concerns(resource, estate) {
      let values = resource.properties.all(at: path)
      guard !values.isEmpty || path.first.map({ deployment.isRead($0, of: type) }) ?? true else {
        finding.doubt([.unread(type, path[0])])
        continue
      }
      let readings = values.isEmpty ? [suffices(nil, estate)] : values.map { suffices($0, estate) }
      finding.add(.all(readings), resource, path, lack)
    }
  }
}

extension Safeguard {
  /// One that is nothing but properties.
  init(_ name: String, _ kind: SafeguardKind, _ promise: String, _ settings: [Setting]) {
    let needs = Dictionary(settings.map { ($0.type, Array($0.path.prefix(1))) }, uniquingKeysWith: +)
    self.init(name, kind, promise, reads: needs, seesGaps: true) { scene in
      var finding = SafeguardFinding()
      for setting in settings { setting.judge(scene.estate, &finding) }
      return finding
    }
  }
}

extension Reading where Value == Bool {
  /// True if all are; false as soon as one is.
  static func all(_ readings: [Reading<Bool>]) -> Reading<Bool> {
    if readings.contains(where: { $0.or(false).value == false }) { return .known(false) }
    let unknown = readings.flatMap(\.unknowns)
    return unknown.isEmpty ? .known(true) : .unknown(unknown)
  }

  /// True as soon as one is; false if none is, or none is there.
  static func any(_ readings: [Reading<Bool>]) -> Reading<Bool> {
    if readings.contains(where: { $0.value == true }) { return .known(true) }
    let unknown = readings.flatMap(\.unknowns)
    return unknown.isEmpty ? .known(false) : .unknown(unknown)
  }
}

extension CloudEstate {
  /// Whether a value names a key of our account that is not AWS's: one of the files, or by its ARN, id or alias.
  func isOwnKey(_ value: CloudValue?) -> Reading<Bool> {
    let name = text(value)
    guard let text = name.value else { return name.map { _ in false } }
    if let found = find(text, "AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::KMS::Alias") {
      // Of an account AWS's own keys are left out, once it said which they are.
      let manager = self.text(found, "KeyManager")
      return manager.unknowns.isEmpty ? .known(true) : .unknown(manager.unknowns)
    }
    let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
    let key = parts.count == 6 ? parts[5] : text
    guard !key.isEmpty, !key.hasPrefix("alias/aws/") else { return .known(false) }
    // AWS answers with the ARN of its own key as with that of ours, and every one of ours was read.
    if parts.count == 6, parts[5].hasPrefix("key/"), parts[4] == deployment.account,
      parts[3] == deployment.region,
      deployment.hasAll("AWS::KMS::Key")
    {
      return .known(false)
    }
    guard deployment.isWhole else {
      return .unknown([
        UnknownPart("whether \(text) is a key of one's own or AWS's was not read", location: value?.location)
      ])
    }
    return parts.count == 6 ? isOwnAccount(parts[4], at: value?.location) : .known(true)
  }

  /// Whether an account is ours; not known where the files do not say which account they are deployed into.
  func isOwnAccount(_ text: String, at location: Location?) -> Reading<Bool> {
    if text == account { return .known(true) }
    guard stated["account"] == nil, deployment.account == nil else { return .known(false) }
    return .unknown([
      UnknownPart(
        "whether \(text) is the account deployed into is not in the files: --assume account=\(text)",
        location: location)
    ])
  }
}
