import CordonModel
import CordonWire

/// The sessions of a registry, as pages see them.
struct RegistrySessions: SessionDesk {
  let registry: SessionRegistry

  func session(of project: Slug, for person: Slug) async -> OpenSession? {
    for session in registry.sessions(of: person) where session.plan.project == project {
      if await !session.isOver { return OpenSession(id: session.plan.id, project: project) }
    }
    return nil
  }

  func session(_ id: SessionID, for person: Slug) async -> OpenSession? {
    guard let session = registry.find(id, for: person), await !session.isOver else { return nil }
    return OpenSession(id: id, project: session.plan.project)
  }

  func open(_ project: PortalProject, for person: Slug) async throws -> OpeningAnswer {
    let plan = SessionPlan(
      person: person, project: project.name, workspace: project.workspace, rules: project.rules,
      home: project.home)
    switch try await registry.open(plan) {
    case .open(let session): return .opened(session.plan.id)
    case .denied(let reason): return .denied(reason: reason)
    }
  }

  func connect(to id: SessionID, for person: Slug) async -> (any StreamEnds)? {
    guard let session = registry.find(id, for: person), await !session.isOver else { return nil }
    return ConnectedStream(connection: await session.connect())
  }

  func takeFile(_ file: String, of id: SessionID, for person: Slug) async -> OfferedFile? {
    await registry.find(id, for: person)?.takeFile(file)
  }

  func end(_ id: SessionID, for person: Slug) async {
    await registry.find(id, for: person)?.end(.closed)
  }

  func endAll(of person: Slug) async { await registry.endAll(person) }
}

/// A session's words, as bytes of its stream.
private struct ConnectedStream: StreamEnds {
  let connection: SessionConnection

  func next() async -> StreamStep {
    guard let message = await connection.next() else { return .end(.ended) }
    return .send(message.encoded)
  }

  func receive(_ message: [UInt8]) async -> Bool { await connection.receive(message) }

  func close() async { await connection.close() }
}
