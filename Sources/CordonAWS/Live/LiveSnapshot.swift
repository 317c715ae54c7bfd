public import CordonModel
public import CordonPolicy

/// What was read live, kept in a file: it can be proved again without an account, and looked at by anybody.
public struct LiveSnapshot: Sendable, Equatable {
  /// The version of the file's shape.
  public static let version = 1
  /// The most places of one file.
  static let mostPlaces = 4_096

  /// One account and region each.
  public var places: [LiveEstate]
  /// Where each place's resources stand in the file that they were read from.
  public var locations: [[Location]] = []

  /// What was read of several places.
  public init(_ places: [LiveEstate]) { self.places = places }

  /// A file of it.
  public var json: JSONValue {
    .object([
      ("cordonSnapshot", .number(Self.version)),
      ("places", .array(places.map(Self.place))),
    ])
  }

  private static func place(_ estate: LiveEstate) -> JSONValue {
    .object([
      ("account", .string(estate.account)), ("region", .string(estate.region)),
      (
        "readProperties",
        .object(
          estate.readProperties.sorted { $0.key < $1.key }.map { type, names in
            (type, .array(names.sorted().map { .string($0) }))
          })
      ),
      (
        "notRead",
        .array(
          estate.gaps.map { gap in
            .object([
              ("call", .string(gap.permission)), ("because", .string(gap.words)),
              ("hides", .array(gap.hides.map { .string($0) })),
              ("onlyTakesAway", JSONValue(.bool(gap.onlyTakesAway))),
            ])
          })
      ),
      (
        "resources",
        .array(
          estate.resources.map { resource in
            .object(
              [("type", .string(resource.type)), ("ref", .string(resource.ref))]
                + (resource.arn.map { [("arn", .string($0))] } ?? [])
                + [("properties", json(resource.properties))])
          })
      ),
    ])
  }

  /// What was not read stands as an object that AWS never writes.
  private static func json(_ value: CloudValue) -> JSONValue {
    switch value.content {
    case .null: JSONValue(.null)
    case .bool(let flag): JSONValue(.bool(flag))
    case .number(let text): JSONValue(.number(text))
    case .string(let text): .string(text)
    case .list(let elements): .array(elements.map(json))
    case .object(let members): .object(members.map { ($0.name, json($0.value)) })
    case .unknown(let unknown): .object([(LiveValue.mark, .string(unknown.name))])
    case .reference(let reference): .object([(LiveValue.mark, .string("\(reference.resource)"))])
    case .joined, .oneOf: .object([(LiveValue.mark, .string("a text made of parts"))])
    }
  }

  // MARK: Reading

  /// Whether a file calls itself a snapshot.
  public static func isOne(_ file: SourceFile) -> Bool {
    String(decoding: file.bytes.prefix(4_096), as: UTF8.self).contains("\"cordonSnapshot\"")
  }

  /// Reads a file. It may have been changed by anybody since: only what has the right shape is taken.
  public init(_ file: SourceFile) throws(TemplateError) {
    let root = try SourceReader(file: file).read()
    let start = root.location ?? SourceReader(file: file).start
    guard root["cordonSnapshot"]?.plainText == "\(Self.version)" else {
      throw .notRead(
        "a snapshot of version \(root["cordonSnapshot"]?.plainText ?? "none"); this Cordon reads \(Self.version)",
        at: start)
    }
    guard let written = root["places"]?.elements, !written.isEmpty, written.count <= Self.mostPlaces else {
      throw .notRead("a snapshot without places", at: start)
    }
    places = []
    for place in written {
      var estate = LiveEstate(
        account: try Self.text(place, "account", start), region: try Self.text(place, "region", start))
      // A file of before says nothing of it: what it does not have is not known there.
      estate.readProperties = Dictionary(
        (place["readProperties"]?.members ?? []).map {
          ($0.name, Set($0.value.elements?.compactMap(\.plainText) ?? []))
        }
      ) { first, _ in first }
      var locations: [Location] = []
      guard let resources = place["resources"]?.elements, let gaps = place["notRead"]?.elements else {
        throw .notRead("a place without 'resources' and 'notRead'", at: place.location ?? start)
      }
      for resource in resources {
        guard let properties = resource["properties"], properties.members != nil else {
          throw .notRead("a resource without properties", at: resource.location ?? start)
        }
        estate.resources.append(
          LiveResource(
            type: try Self.text(resource, "type", start), ref: try Self.text(resource, "ref", start),
            arn: resource["arn"]?.plainText, properties: Self.value(properties)))
        locations.append(resource.location ?? start)
      }
      for gap in gaps { estate.gaps.append(try Self.gap(gap, start)) }
      places.append(estate)
      self.locations.append(locations)
    }
  }

  private static func gap(_ value: CloudValue, _ start: Location) throws(TemplateError) -> LiveGap {
    guard let hides = value["hides"]?.elements else {
      throw .notRead("an entry of 'notRead' without 'hides'", at: value.location ?? start)
    }
    return LiveGap(
      permission: try text(value, "call", start), words: try text(value, "because", start),
      hides: hides.compactMap(\.plainText), onlyTakesAway: value["onlyTakesAway"]?.plainText == "true")
  }

  private static func text(_ value: CloudValue, _ name: String, _ start: Location) throws(TemplateError)
    -> String
  {
    guard case .string(let text)? = value[name]?.content, !text.isEmpty else {
      throw .notRead("'\(name)' is missing", at: value.location ?? start)
    }
    return text
  }

  private static func value(_ value: CloudValue) -> CloudValue {
    switch value.content {
    case .list(let elements): return CloudValue(.list(elements.map(self.value)), at: value.location)
    case .object(let members):
      if members.count == 1, members[0].name == LiveValue.mark {
        return CloudValue(
          .unknown(CloudUnknown(.unread, members[0].value.plainText ?? "a call")), at: value.location)
      }
      return CloudValue(
        .object(
          members.map { .init(name: $0.name, value: self.value($0.value), location: $0.location) }),
        at: value.location)
    default: return value
    }
  }

  /// The places as the prover reads them.
  public var deployments: [CloudDeployment] {
    places.indices.map { index in
      places[index].deployment(locations: locations.indices.contains(index) ? locations[index] : [])
    }
  }
}
