/// What the package endpoint lets through: the names that are served, one by one where they are known.
extension PolicyDocuments {
  /// Names in one document. A name has at most 100 characters and its ARN at most 160, so that a document stays
  /// within `PolicyLimits.bytes` whatever the names are.
  static let mostNamesInDocument = 1_200

  /// The Sid of the statement that lets through what the listed packages need, as long as no lock names it.
  static let neededBeforeALock = "NeededByListedUntilLocked"

  /// With a lock the names in it that the spec still asks for; without one the listed names. What those need is known
  /// only once their wheels were read: until a lock names it, any name passes here and the mirror alone holds the list.
  func packages() -> [String] {
    let action = "cordon:GetPackage"
    guard !environment.weakenedForDrill.contains(.mirrorAllowlist) else {
      return [document([allowing(action, [cordonARN("package/pypi/*")], sid: "Listed")])]
    }
    // The page that lists the names has the address of a package without one.
    var resources = [cordonARN("package/pypi/")]
    resources += servedNames().filter { LockWord.isName($0) }.map { cordonARN("package/pypi/\($0)") }
    var documents = stride(from: 0, to: resources.count, by: Self.mostNamesInDocument).map { start in
      let end = min(start + Self.mostNamesInDocument, resources.count)
      return [allowing(action, Array(resources[start..<end]), sid: "Listed")]
    }
    if lock == nil, environment.pypi?.withDependencies == true {
      documents[documents.count - 1].append(
        allowing(action, [cordonARN("package/pypi/*")], sid: Self.neededBeforeALock))
    }
    return documents.map(document)
  }

  private func servedNames() -> [String] {
    guard let rules = environment.pypi else { return [] }
    return lock.map { $0.served(by: rules).map(\.name) } ?? rules.allow
  }
}

extension PackageLock {
  /// What of the lock a spec still asks for: the listed packages, and what they need by the lock's account.
  public func served(by rules: PyPIRules) -> [Package] {
    served(listing: Set(rules.allow), withDependencies: rules.withDependencies)
  }

  /// As above, for names that were read from the rules.
  public func served(listing listed: Set<String>, withDependencies: Bool) -> [Package] {
    var names = Set(packages.map(\.name).filter(listed.contains))
    guard withDependencies else { return packages.filter { names.contains($0.name) } }
    while true {
      let needed = packages.filter { package in
        !names.contains(package.name) && package.requiredBy.contains(where: names.contains)
      }
      if needed.isEmpty { return packages.filter { names.contains($0.name) } }
      names.formUnion(needed.map(\.name))
    }
  }
}
