import CordonModel

/// A way across the remote browser that a portal's user settings open or close.
struct PortalSettingRoute: Route {
  let name: String
  let path: EgressPath
  let title: String
  /// The property, and what is done where it is Enabled.
  let property: String
  let deed: String
  /// The line that does it, on the machine in front of which the portal's window stands.
  let keys: String
  let documentation: RouteDocumentation

  init(_ name: String, _ path: EgressPath, _ property: String, title: String, deed: String, keys: String) {
    self.name = name
    self.path = path
    self.property = property
    self.title = title
    self.deed = deed
    self.keys = keys
    documentation = RouteDocumentation(
      """
      A session of the remote browser shows pixels and takes keys and mouse. The portal's user settings may let more across: \
      \(property) is one of them. Settings count only where a portal attaches them.
      """,
      closedBy: ["\(property) Disabled in the user settings that every portal attaches"],
      notClosedBy: [
        "user settings that no portal attaches", "download restrictions in the browser's policy",
        "hiding the button in Jupyter: whoever runs code needs no button",
      ])
  }

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    for portal in estate.all("AWS::WorkSpacesWeb::Portal") { judgement.add(door(portal, estate)) }
    if judgement.doors.isEmpty {
      judgement.add(
        .unknown("files", "no browser portal in the files: how people see the notebooks is not known"))
    }
    return judgement
  }

  private func door(_ portal: CloudResource, _ estate: CloudEstate) -> Door {
    let name = "\(portal.id)"
    switch estate.attachment("UserSettingsArn", "AWS::WorkSpacesWeb::UserSettings", of: portal) {
    case .unknown(let parts): return .unknown(name, parts, portal)
    case .absent:
      return .open(
        name,
        witness(
          portal, "UserSettingsArn", "The portal attaches no user settings, so nothing of them holds.",
          fix: "attach user settings to \(portal.id)"))
    case .known(let settings):
      switch estate.text(settings, property) {
      case .known("Disabled"):
        return Door(
          name: name,
          finding: .closed([
            HeldControl(settings, layer: "portal user settings", property: [property]),
            HeldControl(portal, layer: "settings attached", property: ["UserSettingsArn"]),
          ]))
      case .unknown(let parts): return .unknown(name, parts, settings)
      case .known, .absent:
        return .open(
          name,
          witness(
            settings, property, "\(property) is on in the settings of portal \(portal.id).",
            fix: "set \(property) to Disabled"))
      }
    }
  }

  private func witness(_ resource: CloudResource, _ property: String, _ why: String, fix: String)
    -> RouteWitness
  {
    RouteWitness(
      keys, by: .session(of: resource), story: "Somebody in a session of the portal \(deed). \(why)",
      fix: fix,
      at: resource, property)
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
