import CordonModel
import CordonPolicy

extension Reading {
  /// `policies:`, the user's own IAM documents.
  mutating func ownPolicies(_ value: Value?, names: EnvironmentNames) -> OwnPolicies {
    var own = OwnPolicies()
    guard let value, let fields = fields(value, of: .policies) else { return own }
    for entry in fields["endpoints"].flatMap({ mapping($0) }) ?? [] {
      guard let target = endpoint(entry) else { continue }
      own.endpoints[target] = documents(
        entry, kind: .endpoint, of: "endpoint/\(entry.key)", on: target.egressPath)
    }
    for entry in fields["buckets"].flatMap({ mapping($0) }) ?? [] {
      let bucket = try? BucketName(entry.key)
      guard let target = declared(bucket, in: names.buckets, kind: .bucket, as: entry, \.text) else {
        continue
      }
      own.buckets[target] = documents(entry, kind: .resource, of: "bucket/\(target)", on: .crossAccountCopy)
    }
    for entry in fields["roles"].flatMap({ mapping($0) }) ?? [] {
      let project = try? Slug(entry.key)
      guard let target = declared(project, in: names.projects, kind: .project, as: entry, \.text) else {
        continue
      }
      own.roles[target] = documents(
        entry, kind: .identity, of: "role/\(target)-workspace", on: .crossAccountCopy)
    }
    return own
  }

  /// Compiles what was read, so that an environment which is handed on can also be enforced.
  mutating func checkPolicies(of environment: Environment, at span: Location) {
    do {
      _ = try CompiledPolicies(environment)
    } catch {
      errors.append(.badPolicy("the policies cannot be compiled: \(error.message)", at: span))
    }
  }

  private mutating func endpoint(_ entry: YAMLTree.Entry) -> EndpointKind? {
    choice(
      Value(
        label: "'\(Self.clipped(entry.key))'", tree: .scalar(entry.key, isPlain: true, at: entry.keySpan)),
      kind: "endpoint",
      of: EndpointKind.self)
  }

  /// The bucket or project that a key names, if the file declares it.
  private mutating func declared<Name>(
    _ name: Name?, in names: DeclaredNames<Name>, kind: SpecError.NameKind, as entry: YAMLTree.Entry,
    _ text: (Name) -> String
  ) -> Name? {
    if let name, names.contains(name) { return name }
    errors.append(
      .unknownReference(
        kind, Self.clipped(entry.key), at: entry.keySpan,
        didYouMean: meant(by: entry.key, among: names.names.map(text).sorted())))
    return nil
  }

  /// One document, or a list of them; each is reported, with what it can do.
  private mutating func documents(
    _ entry: YAMLTree.Entry, kind: PolicyKind, of subject: String, on path: EgressPath
  ) -> [PolicyDocument] {
    let value = Value(label: "'\(Self.clipped(entry.key))'", tree: entry.value)
    let members = if case .sequence = entry.value { members(value) } else { [value] }
    return members.compactMap { member in
      guard let document = document(member, kind: kind) else { return nil }
      let narrows = document.statements.allSatisfy { $0.effect == .deny }
      findings.append(
        RouteFinding(
          .ownPolicy, of: subject, on: path, at: member.span,
          reason: narrows ? "only denies" : "allows something"))
      return document
    }
  }

  private mutating func document(_ value: Value, kind: PolicyKind) -> PolicyDocument? {
    switch value.tree {
    case .mapping:
      return compiled(value.tree.json, kind: kind, file: value.span.file, fallback: value.span)
    case .scalar where !value.tree.isNothing:
      return path(value).flatMap { document(inFile: $0, kind: kind, at: value.span) }
    default:
      wrongType(value, expected: .policy)
      return nil
    }
  }

  /// A document in a file of its own; mistakes in it point into that file.
  private mutating func document(inFile name: String, kind: PolicyKind, at span: Location)
    -> PolicyDocument?
  {
    let file = Self.label(of: name, beside: span.file)
    do {
      let text = try folder.text(folder.absolute(name))
      let json = try JSONValue(
        parsing: text, limits: JSONLimits(bytes: SourceText.largest, depth: PolicyLimits.depth))
      if let source = try? SourceText(text, file: file) { texts.append(source) }
      return compiled(json, kind: kind, file: file, fallback: Location(file: file, line: 1, column: 1))
    } catch let refusal as SpecFolder.Refusal {
      errors.append(
        refusal == .missing ? .missingFile(file, at: span) : .badPolicy("'\(file)': \(refusal)", at: span))
    } catch let error as JSONError {
      let place = Location(file: file, line: error.position.line, column: error.position.column)
      errors.append(.badPolicy("not JSON: \(error.message)", at: place))
    } catch {
      errors.append(.badPolicy("'\(file)': \(error)", at: span))
    }
    return nil
  }

  /// The file's name as an editor started in the same folder finds it.
  private static func label(of name: String, beside file: String) -> String {
    guard !name.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return clipped(name) }
    return clipped(file[...slash] + name)
  }

  private mutating func compiled(
    _ json: JSONValue, kind: PolicyKind, file: String, fallback: Location
  ) -> PolicyDocument? {
    do {
      let document = try PolicyDocument(json)
      try document.check(as: kind)
      guard document.version == .v2012 else {
        let advice = "\"Version\" must be \"2012-10-17\": without it variables are plain text"
        errors.append(.badPolicy(advice, at: Self.place(json.position, in: file) ?? fallback))
        return nil
      }
      return document
    } catch {
      errors.append(.badPolicy(error.message, at: Self.place(error.position, in: file) ?? fallback))
      return nil
    }
  }

  private static func place(_ position: TextPosition?, in file: String) -> Location? {
    position.map { Location(file: file, line: $0.line, column: $0.column) }
  }
}

extension YAMLTree {
  /// The tree as JSON, every value with its place in the YAML. All scalars become strings, as IAM takes them:
  /// a version or an account id is text, whatever YAML would make of it.
  var json: JSONValue {
    let content: JSONValue.Content =
      switch self {
      case .scalar(let text, _, _): isNothing ? .null : .string(text)
      case .sequence(let members, _): .array(members.map(\.json))
      case .mapping(let entries, _): .object(entries.map(\.json))
      }
    return JSONValue(content, at: .init(line: span.line, column: span.column))
  }
}

extension YAMLTree.Entry {
  fileprivate var json: JSONValue.Member {
    JSONValue.Member(
      name: key, value: value.json, namePosition: .init(line: keySpan.line, column: keySpan.column))
  }
}

extension EndpointKind {
  /// The path on which something leaves that an endpoint lets through.
  fileprivate var egressPath: EgressPath {
    switch self {
    case .dns: .tunnel
    case .proxy, .browser: .externalUpload
    case .packages: .packageShell
    case .s3, .sts, .credentials: .crossAccountCopy
    }
  }
}
