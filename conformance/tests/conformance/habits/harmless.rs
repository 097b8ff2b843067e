//! What was there before stays as it is, and what the run made is gone at its end, also of a run that is killed.

use std::collections::BTreeMap;

use etalon_conformance::sweep::{Entry, Sweep, sweep};
use etalon_conformance::{Changes, CleanUp, Conclusion, Settings};
use etalon_contract::model::Contract;
use serde_json::{Value, json};

use crate::habits::{Target, content, contract, is_proved, keep_notes, must, own, responses, tested, why};

fn notes() -> Contract {
    let note = json!({"$ref": "#/components/schemas/Note"});
    let body = json!({"required": true, "content": content(&note)});
    let shown = |status: u16| {
        let mut all = responses(status, &[400, 404]);
        all[status.to_string()]["content"] = content(&note);
        all
    };
    let id = json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    contract(json!({
        "/notes": {"post": {"operationId": "makeNote", "requestBody": body, "responses": shown(201)},
            "get": {"operationId": "listNotes", "responses": {"200": {"description": "ok", "content":
                content(&json!({"type": "array", "items": note}))}}}},
        "/notes/{id}": {"parameters": id,
            "get": {"operationId": "getNote", "responses": shown(200)},
            "put": {"operationId": "putNote", "requestBody": body, "responses": shown(200)},
            "delete": {"operationId": "dropNote", "responses": responses(204, &[404])}},
    }))
}

#[test]
fn what_was_there_stays_and_what_the_run_made_is_gone() {
    for seed in 0..4 {
        let target = Target::new(keep_notes);
        let precious = json!({"id": "keep", "text": "precious"});
        target.items.borrow_mut().insert("keep".into(), precious.clone());
        let mut settings = own(seed);
        settings.set.push(("id".into(), "keep".into()));
        let report = tested(&notes(), &settings, &target).expect("a report");
        assert_eq!(must(&report), [""; 0], "seed {seed}");
        assert_eq!(*target.items.borrow(), BTreeMap::from([("keep".to_owned(), precious)]), "seed {seed}");
        assert!(report.left_behind.is_empty());
        for row in ["getNote response 200 application/json", "putNote response 200 application/json"] {
            assert!(is_proved(&report, row), "seed {seed}: {row} is not proved");
        }
    }
}

#[test]
fn a_run_that_only_reads_sends_nothing_that_changes() {
    let target = Target::new(keep_notes);
    target.items.borrow_mut().insert("keep".into(), json!({"id": "keep", "text": "precious"}));
    let settings = Settings { changes: Changes::ReadOnly, ..Settings::default() };
    let report = tested(&notes(), &settings, &target).expect("a report");
    assert!(target.sent.borrow().iter().all(|request| request.method == "GET"));
    // The key comes from the list.
    assert!(is_proved(&report, "getNote response 200 application/json"));
    assert_eq!(report.conclusion(), Conclusion::TooLittle);
}

#[test]
fn whenever_a_run_is_killed_its_ledger_tells_all_that_it_left() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let target = Target::new(keep_notes);
    tested(&notes(), &own(0), &target).expect("a report");
    let (moments, ledger) = target.moments();
    assert!(moments.len() > 400, "{} moments", moments.len());
    // The first ones one by one, then a few all over the run.
    let moments: Vec<_> =
        moments.into_iter().enumerate().filter(|(number, _)| *number < 200 || number % 7 == 0).collect();
    let (mut clean, all) = (0, moments.len());
    for (number, (items, lines)) in moments {
        let killed = Target::new(keep_notes);
        killed.items.replace(items);
        let entries: Vec<Entry> = Sweep::read(&ledger[..lines].join("\n")).expect("it is a ledger").entries;
        let swept = runtime.block_on(sweep(&killed, &entries, &[], false)).expect("the target is there again");
        let left = killed.items.borrow().len();
        // What may have been made by chance like something else is named, not touched.
        assert!(left <= swept.left.len(), "killed at moment {number}: {:?}", killed.items.borrow());
        clean += usize::from(left == 0);
    }
    assert!(clean * 100 >= all * 95, "{clean} of {all} moments were cleaned up after");
}

#[test]
fn what_is_kept_is_swept_once_and_then_gone() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let target = Target::new(keep_notes);
    let settings = Settings { clean_up: CleanUp::Leaves, ..own(0) };
    let report = tested(&notes(), &settings, &target).expect("a report");
    let made = target.items.borrow().len();
    assert!(made > 20 && report.left_behind.len() >= made, "{made} were kept, {} told", report.left_behind.len());
    let (_, ledger) = target.moments();
    let entries = Sweep::read(&ledger.join("\n")).expect("it is a ledger").entries;
    let swept = |target| runtime.block_on(sweep(target, &entries, &[], false)).expect("the target is there");
    let first = swept(&target);
    assert_eq!(first.done.len(), made, "{first:?}");
    assert!(target.items.borrow().is_empty() && first.left.is_empty());
    let again = swept(&target);
    assert!(again.done.is_empty() && again.gone.len() >= made && again.left.is_empty(), "{again:?}");
}

#[test]
fn a_method_or_key_that_can_do_no_harm_is_sent_and_proves_its_row() {
    let target = Target::new(|items, method, path, body| match (method, path.strip_prefix("/notes/")) {
        ("PATCH", _) => Some((405, None)),
        (_, Some(id)) if id.parse::<u64>().is_err() => Some((400, None)),
        _ => keep_notes(items, method, path, body),
    });
    target.items.borrow_mut().insert("keep".into(), json!({"id": "keep", "text": "precious"}));
    let mut paths = json!({"/notes": {}, "/notes/{id}": {}});
    let note = json!({"$ref": "#/components/schemas/Note"});
    let mut made = responses(201, &[400]);
    made["201"]["content"] = content(&note);
    paths["/notes"]["post"] = json!({"operationId": "makeNote", "responses": made,
        "requestBody": {"required": true, "content": content(&note)}});
    paths["/notes/{id}"] = json!({"delete": {"operationId": "dropNote", "responses": responses(204, &[400, 404])},
        "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}]});
    let report = tested(&contract(paths), &own(0), &target).expect("a report");
    assert!(target.sent.borrow().iter().all(|request| !request.path().ends_with("/keep")));
    for row in ["makeNote request method past", "dropNote path id type=integer past"] {
        let row = report.rows().find(|known| known.id() == row).expect("the contract has it");
        // A 405 without `Allow` is another matter: it was sent.
        let withheld = row.reason().is_some_and(|reason| reason.contains("it is not sent"));
        assert!(!withheld, "{}", why(&report, row.id()));
    }
    assert!(is_proved(&report, "dropNote path id type=integer past"));
}

#[test]
fn an_action_is_done_to_what_the_run_made_and_to_nothing_else() {
    let mut paths = serde_json::Map::new();
    let note = json!({"$ref": "#/components/schemas/Note"});
    let body = json!({"required": true, "content": content(&note)});
    let mut made = responses(201, &[400]);
    made["201"]["content"] = content(&note);
    let listed = json!({"200": {"description": "ok", "content": content(&json!({"type": "array", "items": note}))}});
    let id = json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    paths.insert(
        "/notes".into(),
        json!({"post": {"operationId": "makeNote", "requestBody": body, "responses": made},
            "get": {"operationId": "listNotes", "responses": listed}}),
    );
    paths.insert(
        "/notes/{id}/archive".into(),
        json!({"parameters": id, "post": {"operationId": "archiveNote", "responses": responses(204, &[404])}}),
    );
    let target = Target::new(|items, method, path, body| {
        if let Some(id) = path.strip_prefix("/notes/").and_then(|rest| rest.strip_suffix("/archive")) {
            return Some(match items.get_mut(id) {
                Some(note) => {
                    note["text"] = json!("archived");
                    (204, None)
                }
                None => (404, None),
            });
        }
        keep_notes(items, method, path, body)
    });
    let precious = json!({"id": "keep", "text": "precious"});
    target.items.borrow_mut().insert("keep".into(), precious.clone());
    let report = tested(&contract(Value::Object(paths)), &own(0), &target).expect("a report");
    assert_eq!(target.items.borrow().get("keep"), Some(&precious));
    assert!(is_proved(&report, "archiveNote response 204"), "{}", why(&report, "archiveNote response 204"));
}

#[test]
fn what_an_answer_shows_under_another_key_than_the_path_was_there_before() {
    // The wallet of whoever asks is renamed by a path that names the new name, and answered as it is.
    let wallet = json!({"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": "string"}}});
    let shown = || json!({"200": {"description": "ok", "content": content(&wallet)}, "404": {"description": "no"}});
    let list = json!({"200": {"description": "ok", "content": content(&json!({"type": "array", "items": wallet}))}});
    let key = json!([{"name": "wallet_id", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let name = json!([{"name": "new_name", "in": "path", "required": true, "schema": {"type": "string"}}]);
    for way in ["listed", "below", "beside"] {
        let mut paths = json!({
            "/wallet/{wallet_id}": {"delete": {"operationId": "dropWallet", "parameters": key, "responses": responses(200, &[404])},
                "get": {"operationId": "getWallet", "parameters": key, "responses": shown()},
                "put": {"operationId": "renameWallet", "parameters": key, "responses": shown()}}});
        match way {
            "listed" => paths["/wallet"] = json!({"get": {"operationId": "wallets", "responses": list}}),
            "below" => {
                paths["/wallet/{new_name}/name"] =
                    json!({"put": {"operationId": "name", "parameters": name, "responses": shown()}});
            }
            _ => {
                paths = json!({
                    "/wallet": {"post": {"operationId": "addWallet", "requestBody": {"content": content(&wallet)}, "responses": shown()}},
                    "/wallet/{new_name}": {"put": {"operationId": "name", "parameters": name, "responses": shown()}},
                    "/wallet/{wallet_id}": {"delete": {"operationId": "dropWallet", "parameters": key,
                        "responses": responses(200, &[404])}}});
            }
        }
        let target = Target::new(|items, method, path, _| {
            let key = path.strip_prefix("/wallet/").map(|rest| rest.trim_end_matches("/name").to_owned());
            Some(match (method, key) {
                ("GET", None) if path == "/wallet" => (200, Some(items.values().cloned().collect())),
                ("GET", Some(id)) => items.get(&id).map_or((404, None), |item| (200, Some(item.clone()))),
                ("POST", None) => {
                    let id = format!("{:032x}", items.len() + 7);
                    let made = json!({"id": id, "name": "another"});
                    items.insert(id, made.clone());
                    (200, Some(made))
                }
                ("PUT", Some(name)) => {
                    let Some(wallet) = items.get_mut("07d010ed5f2c4a5f9c34be1f7a2d6e01") else {
                        return Some((404, None));
                    };
                    wallet["name"] = json!(name);
                    (200, Some(wallet.clone()))
                }
                ("DELETE", Some(id)) => (if items.remove(&id).is_some() { 200 } else { 404 }, None),
                _ => (404, None),
            })
        });
        target.items.borrow_mut().insert(
            "07d010ed5f2c4a5f9c34be1f7a2d6e01".into(),
            json!({"id": "07d010ed5f2c4a5f9c34be1f7a2d6e01", "name": "07d010ed5f2c4a5f9c34be1f7a2d6e01"}),
        );
        tested(&contract(paths), &own(0), &target).expect("a report");
        assert!(target.items.borrow().contains_key("07d010ed5f2c4a5f9c34be1f7a2d6e01"), "it was removed ({way})");
    }
}

#[test]
fn what_is_read_and_is_not_what_a_change_takes_is_left_alone() {
    let change = json!({"type": "object", "properties": {"host": {"type": "string"}, "port": {"type": "integer"}}});
    let body = json!({"required": true, "content": content(&change)});
    let table = json!({"200": {"description": "ok", "content": content(&json!({"type": "object"}))}});
    let contract = contract(json!({"/proxy": {"get": {"operationId": "routes", "responses": table},
        "patch": {"operationId": "moveProxy", "requestBody": body, "responses": responses(200, &[400])}}}));
    let target = Target::new(|items, method, path, body| {
        Some(match (method, path) {
            ("GET", "/proxy") => (200, Some(json!({"/": {"target": "http://127.0.0.1:1"}}))),
            ("PATCH", "/proxy") => {
                items.insert("moved".into(), body.unwrap_or_default());
                (200, None)
            }
            _ => (404, None),
        })
    });
    let report = tested(&contract, &own(0), &target).expect("a report");
    assert!(target.items.borrow().is_empty(), "{}", why(&report, "moveProxy response 200"));
}

#[test]
fn nothing_is_put_below_what_was_there_before_where_nothing_takes_it_away() {
    let user = json!({"type": "object", "required": ["user"], "properties": {"user": {"type": "string"}}});
    let group = json!({"type": "object", "properties": {"name": {"type": "string"}}});
    let list = json!({"200": {"description": "ok", "content": content(&json!({"type": "array", "items": group}))}});
    let key = json!([{"name": "name", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let mut made = responses(201, &[400]);
    made["201"]["content"] = content(&group);
    let contract = contract(json!({
        "/groups": {"get": {"operationId": "groups", "responses": list}},
        "/groups/{name}": {"parameters": key, "post": {"operationId": "makeGroup", "responses": made},
            "get": {"operationId": "group", "responses": {"200": {"description": "ok", "content": content(&group)}, "404": {"description": "no"}}},
            "delete": {"operationId": "dropGroup", "responses": responses(204, &[404])}},
        "/groups/{name}/users": {"parameters": key, "post": {"operationId": "addUser",
            "requestBody": {"required": true, "content": content(&user)}, "responses": responses(201, &[400, 404])}}}));
    let target = Target::new(|items, method, path, _| {
        let name = path.strip_prefix("/groups/").map(|rest| rest.trim_end_matches("/users").to_owned());
        Some(match (method, name) {
            ("GET", None) if path == "/groups" => (200, Some(items.values().cloned().collect())),
            ("POST", Some(name)) if path.ends_with("/users") => match items.get_mut(&name) {
                Some(group) => {
                    group["users"] = json!(1);
                    (201, None)
                }
                None => (404, None),
            },
            ("POST", Some(name)) => {
                items.insert(name.clone(), json!({"name": name}));
                (201, Some(items[&name].clone()))
            }
            ("GET", Some(name)) => items.get(&name).map_or((404, None), |group| (200, Some(group.clone()))),
            ("DELETE", Some(name)) => (if items.remove(&name).is_some() { 204 } else { 404 }, None),
            _ => (404, None),
        })
    });
    target.items.borrow_mut().insert("old".into(), json!({"name": "old"}));
    tested(&contract, &own(0), &target).expect("a report");
    assert_eq!(target.items.borrow().get("old"), Some(&json!({"name": "old"})), "{:?}", target.items.borrow());
}
