//! Carriers from crates.io: `main NAME < folders`. Each reads what lies in the folder of a secret.

use std::{error::Error, fs, io, path::Path};

type Found = Result<String, Box<dyn Error>>;

#[derive(serde::Deserialize)]
struct Settings {
    #[allow(dead_code)]
    port: Option<u16>,
    secret: String,
}

fn with_config(folder: &Path) -> Found {
    let file = config::File::from(folder.join("config.yaml"));
    Ok(config::Config::builder().add_source(file).build()?.try_deserialize::<Settings>()?.secret)
}

#[allow(deprecated)] // that it is old is why it is here
fn with_dotenv(folder: &Path) -> Found {
    secret_of(dotenv::from_path_iter(folder.join(".env"))?)
}

fn with_dotenvy(folder: &Path) -> Found {
    secret_of(dotenvy::from_path_iter(folder.join(".env"))?)
}

fn secret_of<E: Error + 'static>(pairs: impl Iterator<Item = Result<(String, String), E>>) -> Found {
    for pair in pairs {
        let (name, value) = pair?;
        if name == "SECRET" {
            return Ok(value);
        }
    }
    Err("not there".into())
}

fn with_figment(folder: &Path) -> Found {
    use figment::providers::{Format, Toml};
    Ok(figment::Figment::from(Toml::file(folder.join("config.toml"))).extract::<Settings>()?.secret)
}

fn main() -> Result<(), Box<dyn Error>> {
    let read = match std::env::args().nth(1).as_deref() {
        Some("config") => with_config,
        Some("dotenv") => with_dotenv,
        Some("dotenvy") => with_dotenvy,
        Some("figment") => with_figment,
        _ => return Err("no such carrier".into()),
    };
    for folder in io::stdin().lines() {
        let folder = folder?;
        let folder = Path::new(&folder);
        match read(folder) {
            Ok(secret) => fs::write(folder.join("out"), secret)?,
            Err(error) => fs::write(folder.join("err"), error.to_string())?,
        }
    }
    Ok(())
}
