/// The names that are served because a listed package needs them, and who needs them.
///
/// It grows only from the metadata of wheels that were verified, so nothing inside a workspace can put a name
/// in. It is always reckoned from the listed names: a name that left `cordon.yaml` takes along what only it
/// needed.
struct PackageClosure: Sendable {
  /// What verified wheels said they require, by project.
  typealias Requirements = [String: Set<Requirement>]

  /// A wheel cannot make the mirror serve more projects than this.
  static let mostNames = 2_000
  private static let mostRequirements = 2_000

  /// Each needed name with the packages that need it.
  private(set) var requiredBy: [String: Set<String>] = [:]
  /// What was learned so far; worth keeping over a restart.
  private(set) var requirements: Requirements
  private let listed: [Requirement]

  /// The closure of the listed requirements, as far as earlier wheels tell.
  init(listed: [String], knowing requirements: Requirements = [:]) {
    self.listed = listed.compactMap { Requirement($0) }
    self.requirements = requirements
    reckon()
  }

  /// Takes in what a wheel of `package` requires, and says whether that was new.
  mutating func add(_ found: [Requirement], of package: PackageName) -> Bool {
    let known = requirements[package.text] ?? []
    let all = known.union(found.filter { $0.name != package || !$0.extras.isEmpty })
    guard all.count > known.count, all.count <= Self.mostRequirements else { return false }
    requirements[package.text] = all
    reckon()
    return true
  }

  /// Follows the requirements from the listed names, each with the extras that somebody asks for.
  private mutating func reckon() {
    requiredBy = [:]
    var reached: [String: Set<String>] = [:]
    var pending = listed.map { ($0.name.text, $0.extras) }
    while let (name, extras) = pending.popLast() {
      let before = reached[name]
      let after = (before ?? []).union(extras)
      if let before, before.count == after.count { continue }
      guard before != nil || reached.count < Self.mostNames else { continue }
      reached[name] = after
      for requirement in requirements[name] ?? [] where requirement.applies(with: after) {
        let needed = requirement.name.text
        guard requiredBy[needed] != nil || requiredBy.count < Self.mostNames else { continue }
        if needed != name { requiredBy[needed, default: []].insert(name) }
        pending.append((needed, requirement.extras))
      }
    }
  }

  func contains(_ name: PackageName) -> Bool { requiredBy[name.text] != nil }
}
