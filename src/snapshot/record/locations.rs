//! Emergency addresses and locations of the location information service.

use super::record;
use crate::snapshot::cell::TenantMark;
use crate::snapshot::object_id::ObjectId;
use crate::snapshot::texts::{Symbol, Text};

record! {
    /// `Get-CsOnlineLisLocation`.
    LocationRecord {
        /// Its id.
        id: ObjectId = "LocationId",
        /// The civic address that it is in.
        civic_address: ObjectId = "CivicAddressId",
        /// Its name.
        name: Text = "Location",
        /// ISO 3166-1 alpha-2.
        country: Symbol = "CountryOrRegion",
        /// Degrees north, as spelled.
        latitude: Symbol = "Latitude",
        /// Degrees east, as spelled.
        longitude: Symbol = "Longitude",
        /// How many numbers are there; negative when it was not asked for.
        number_count: i64 = "NumberOfTelephoneNumbers",
        /// How many voice users are there; negative when it was not asked for.
        user_count: i64 = "NumberOfVoiceUsers",
        /// Whose it is.
        tenant: TenantMark = "TenantId",
    }
}

record! {
    /// `Get-CsOnlineLisCivicAddress`.
    CivicAddressRecord {
        /// Its id.
        id: ObjectId = "CivicAddressId",
        /// The location that stands for the whole address.
        default_location: ObjectId = "DefaultLocationId",
        /// `Validated`, `NotValidated`, …
        validation: Symbol = "ValidationStatus",
        /// ISO 3166-1 alpha-2.
        country: Symbol = "CountryOrRegion",
        /// Degrees north, as spelled.
        latitude: Symbol = "Latitude",
        /// Degrees east, as spelled.
        longitude: Symbol = "Longitude",
        /// How many numbers are there; negative when it was not asked for.
        number_count: i64 = "NumberOfTelephoneNumbers",
        /// How many voice users are there; negative when it was not asked for.
        user_count: i64 = "NumberOfVoiceUsers",
        /// Whose it is.
        tenant: TenantMark = "TenantId",
    }
}
