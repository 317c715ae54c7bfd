import CordonModel

extension Scene {
  /// What `look` finds of every browser portal; without one it is not known how people see the notebooks.
  func portals(_ look: (CloudResource) -> [Door]) -> Judgement {
    let portals = estate.all("AWS::WorkSpacesWeb::Portal")
    guard !portals.isEmpty else {
      return Judgement([
        .unknown("files", "no browser portal in the files: how people see the notebooks is not known")
      ])
    }
    return Judgement(portals.flatMap(look))
  }

  /// The door of settings that count only where a portal attaches them: `missing` where it attaches none.
  func attached(
    _ property: String, _ type: String, to portal: CloudResource, missing: () -> RouteWitness,
    _ look: (CloudResource) -> Door
  ) -> Door {
    switch estate.attachment(property, type, of: portal) {
    case .unknown(let parts): .unknown("\(portal.id)", parts, portal)
    case .absent: .open("\(portal.id)", missing())
    case .known(let settings): look(settings)
    }
  }
}

extension CloudEstate {
  /// Settings that a portal attaches.
  func attachment(_ property: String, _ type: String, of portal: CloudResource) -> Reading<CloudResource> {
    switch text(portal, property) {
    case .absent: return .absent
    case .unknown(let parts): return .unknown(parts)
    case .known(let arn):
      if let settings = find(arn, type) { return .known(settings) }
      return .unknown([
        UnknownPart(
          "\(property) of \(portal.id) is not in the files", resource: "\(portal.id)",
          location: portal.location)
      ])
    }
  }
}
