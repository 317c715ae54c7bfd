import CordonModel

/// A promise beside closed ways out, and how it is judged from what the files declare.
struct Safeguard: Sendable {
  let name: String
  let kind: SafeguardKind
  let promise: String
  /// The types that it reads, and which of their properties. What hides one of them leaves it unknown.
  let needs: [String: [String]]
  /// Whether its parts see by themselves what was not read.
  let seesGaps: Bool
  let judge: @Sendable (Scene) -> SafeguardFinding

  init(
    _ name: String, _ kind: SafeguardKind, _ promise: String, reads needs: [String: [String]],
    seesGaps: Bool = false, judge: @escaping @Sendable (Scene) -> SafeguardFinding
  ) {
    self.name = name
    self.kind = kind
    self.promise = promise
    self.needs = needs
    self.seesGaps = seesGaps
    self.judge = judge
  }

  /// What it needs and nobody looked for: of a plan and of an account not every property is read.
  private func unread(_ deployment: CloudDeployment) -> [UnknownPart] {
    guard !deployment.isWhole, !seesGaps else { return [] }
    return needs.sorted { $0.key < $1.key }.compactMap { type, properties in
      guard deployment.readProperties[type] != nil else {
        return deployment.isAccount && !deployment.readProperties.isEmpty ? .unanswered(type) : .unread(type)
      }
      let missing = properties.filter { !deployment.isRead($0, of: type) }
      return missing.isEmpty ? nil : .unread(type, missing.joined(separator: ", "))
    }
  }

  /// The report; nil where nothing in the files has to do with it.
  func report(_ scene: Scene) -> SafeguardReport? {
    let deployment = scene.estate.deployment
    let unread = unread(deployment)
    var finding = unread.isEmpty ? judge(scene) : SafeguardFinding(unread)
    let gaps = deployment.unknowns.filter { gap in gap.hides?.contains { needs[$0] != nil } ?? true }
    // Where a list was not read, what it is about may be there.
    guard !finding.isEmpty || deployment.isAccount && !gaps.isEmpty else { return nil }
    if !gaps.isEmpty {
      let parts = gaps.map { UnknownPart($0.unknown.phrase, location: $0.location) }
      finding.cloud(parts, isWhole: deployment.isWhole)
    }
    return SafeguardReport(
      safeguard: name, kind: kind, promise: promise, held: finding.held, lost: unique(finding.lost),
      unknown: unique(finding.unknown))
  }
}

/// What was found of a safeguard, part by part.
struct SafeguardFinding: Sendable {
  private(set) var held: [SafeguardPart] = []
  private(set) var lost: [SafeguardPart] = []
  private(set) var unknown: [UnknownPart] = []
  /// What is lost because something is not in the files, which may be where the files do not show it.
  private var missing: Set<SafeguardPart> = []

  init() {}

  /// Nothing but what is not known.
  init(_ unknown: [UnknownPart]) { self.unknown = unknown }

  var isEmpty: Bool { held.isEmpty && lost.isEmpty && unknown.isEmpty }

  mutating func hold(_ resource: CloudResource, _ path: [String] = []) {
    held.append(part(resource, path, ""))
  }

  mutating func lose(_ text: String, _ resource: CloudResource, _ path: [String] = []) {
    lost.append(part(resource, path, text))
  }

  /// Something that would have to be there is not in the files.
  mutating func miss(_ text: String, _ resource: CloudResource, _ path: [String] = []) {
    lose(text, resource, path)
    missing.insert(part(resource, path, text))
  }

  /// Nothing of the kind is in an account of which all was read.
  mutating func lose(_ text: String, _ account: CloudDeployment) {
    let name = [account.account, account.region].compactMap(\.self).joined(separator: "/")
    lost.append(SafeguardPart(resource: name, property: "", location: nil, text: text))
  }

  mutating func doubt(_ text: String, _ resource: CloudResource? = nil) {
    unknown.append(UnknownPart(text, resource: resource.map { "\($0.id)" }, location: resource?.location))
  }

  mutating func doubt(_ parts: [UnknownPart]) { unknown += parts }

  mutating func doubt(_ parts: [UnknownPart], _ resource: CloudResource) {
    unknown += parts.map { part in
      UnknownPart(
        part.text, resource: part.resource ?? "\(resource.id)", location: part.location ?? resource.location)
    }
  }

  /// Held where `reading` is true; `lack` says what is missing where it is false.
  mutating func add(
    _ reading: Reading<Bool>, _ resource: CloudResource, _ path: [String], _ lack: @autoclosure () -> String
  ) {
    switch reading {
    case .known(true): hold(resource, path)
    case .known(false), .absent: lose(lack(), resource, path)
    case .unknown(let parts): doubt(parts, resource)
    }
  }

  /// Takes back what is not certain while something is hidden: that nothing lacks it, and that what is missing is nowhere. A
  /// template says all that it says; where a call was refused, any property may be what it would have said.
  mutating func cloud(_ gaps: [UnknownPart], isWhole: Bool) {
    lost.removeAll { !isWhole || missing.contains($0) }
    unknown += gaps
  }

  private func part(_ resource: CloudResource, _ path: [String], _ text: String) -> SafeguardPart {
    SafeguardPart(
      resource: "\(resource.id)", property: path.joined(separator: "."),
      location: resource.properties.nearest(path)?.location ?? resource.location, text: text)
  }
}

extension UnknownPart {
  /// What an account was asked for and did not say.
  static func unanswered(_ type: String) -> UnknownPart {
    UnknownPart("\(type) was not read: the account did not answer, or an earlier Cordon did not ask")
  }

  /// What a plan or an account was not asked for.
  static func unread(_ type: String, _ properties: String? = nil) -> UnknownPart {
    UnknownPart(
      "\(properties.map { "\($0) of " } ?? "")\(type) is not read of an account or a plan: prove its template"
    )
  }
}

extension CloudValue {
  /// The value at the end of `path`, or as far along it as there is one.
  fileprivate func nearest(_ path: [String]) -> CloudValue? {
    var found: CloudValue?
    var value = self
    for name in path {
      guard let next = value.elements.lazy.compactMap({ $0[name] }).first else { break }
      found = next
      value = next
    }
    return found
  }
}
