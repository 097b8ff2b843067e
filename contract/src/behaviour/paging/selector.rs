//! Selectors of labels and fields, as Kubernetes writes them and others took over: `env=prod,tier in (web, api),!old`.

/// True where all requirements of a selector hold; `look` gives the value of a label.
pub(crate) fn fits(selector: &str, look: &dyn Fn(&str) -> Option<String>) -> bool {
    requirements(selector).into_iter().all(|one| holds(one, look))
}

/// The parts of a selector between its commas; those in parentheses part values.
fn requirements(selector: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    let is_end = |sign: char| {
        match sign {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        sign == ',' && depth == 0
    };
    selector.split(is_end).map(str::trim).filter(|one| !one.is_empty()).collect()
}

fn holds(requirement: &str, look: &dyn Fn(&str) -> Option<String>) -> bool {
    if let Some((name, values)) = requirement.strip_suffix(')').and_then(|text| text.split_once('(')) {
        let values: Vec<&str> = values.split(',').map(str::trim).collect();
        let is_among = |name: &str| look(name.trim()).is_some_and(|value| values.contains(&value.as_str()));
        return match name.trim().rsplit_once(char::is_whitespace) {
            Some((name, "in")) => is_among(name),
            Some((name, "notin")) => !is_among(name),
            Some(_) | None => false,
        };
    }
    if let Some((name, value)) = requirement.split_once("!=") {
        return look(name.trim()).as_deref() != Some(value.trim());
    }
    if let Some((name, value)) = requirement.split_once("==").or_else(|| requirement.split_once('=')) {
        return look(name.trim()).as_deref() == Some(value.trim());
    }
    match requirement.strip_prefix('!') {
        Some(name) => look(name.trim()).is_none(),
        None => look(requirement).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_requirement_is_understood() {
        let look = |name: &str| match name {
            "env" => Some("prod".to_owned()),
            "tier" => Some("web".to_owned()),
            _ => None,
        };
        for (selector, wanted) in [
            ("env=prod", true),
            ("env==prod, tier!=api", true),
            ("env!=prod", false),
            ("tier in (web, api),env", true),
            ("tier notin (web)", false),
            ("!old", true),
            ("!env", false),
            ("old", false),
            ("old notin (a)", true),
            ("", true),
            ("env in", false),
        ] {
            assert_eq!(fits(selector, &look), wanted, "{selector}");
        }
    }
}
