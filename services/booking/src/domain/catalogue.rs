//! The services that can be offered. Their ids are fixed by the API.

use contracts::ids::ServiceId;
use contracts::locale::Locale;

/// A service, or a parent of services.
#[derive(Debug, PartialEq, Eq)]
pub struct Service {
    pub id: ServiceId,
    pub parent_id: Option<ServiceId>,
    name_ru: &'static str,
    name_en: &'static str,
}

impl Service {
    pub fn name(&self, locale: Locale) -> &'static str {
        match locale {
            Locale::Ru => self.name_ru,
            Locale::En => self.name_en,
        }
    }

    /// Its parent, or itself where it has none.
    pub fn category_id(&self) -> ServiceId {
        self.parent_id.unwrap_or(self.id)
    }
}

/// `None` for an id that the catalogue does not have.
pub fn find(id: ServiceId) -> Option<&'static Service> {
    CATALOGUE.iter().find(|service| service.id == id)
}

/// The services whose name, in any language, has `text` in it, in whatever case.
pub fn named(text: &str) -> Vec<ServiceId> {
    let text = text.to_lowercase();
    let has = |name: &str| name.to_lowercase().contains(&text);
    let found = CATALOGUE.iter().filter(|service| has(service.name_ru) || has(service.name_en));
    found.map(|service| service.id).collect()
}

const fn parent(id: i16, name_ru: &'static str, name_en: &'static str) -> Service {
    Service { id: ServiceId(id), parent_id: None, name_ru, name_en }
}

const fn child(id: i16, parent_id: i16, name_ru: &'static str, name_en: &'static str) -> Service {
    Service { id: ServiceId(id), parent_id: Some(ServiceId(parent_id)), name_ru, name_en }
}

/// Ordered by id.
pub const CATALOGUE: [Service; 34] = [
    parent(1, "Красота и уход", "Beauty and care"),
    parent(2, "Автосервис", "Car service"),
    parent(3, "Медицина", "Medicine"),
    parent(4, "Ремонт электроники", "Electronics repair"),
    parent(5, "Спорт", "Sport"),
    parent(6, "Развлечения", "Entertainment"),
    child(7, 1, "Мужская стрижка/бритье", "Men's haircut and shave"),
    child(8, 1, "Женская стрижка", "Women's haircut"),
    child(9, 1, "Маникюр", "Manicure"),
    child(10, 1, "Педикюр", "Pedicure"),
    child(11, 2, "Шиномонтаж", "Tyre fitting"),
    child(12, 2, "Диагностика", "Diagnostics"),
    child(13, 2, "Замена масла", "Oil change"),
    child(14, 3, "Терапевт", "General practitioner"),
    child(15, 3, "Стоматолог", "Dentist"),
    child(16, 3, "Окулист", "Eye doctor"),
    child(17, 3, "Лор", "ENT doctor"),
    child(18, 3, "Хирург", "Surgeon"),
    child(19, 3, "Педиатр", "Paediatrician"),
    child(20, 3, "Кардиолог", "Cardiologist"),
    child(21, 4, "Ремонт телефонов", "Phone repair"),
    child(22, 4, "Ремонт ноутбуков/компьютеров", "Laptop and computer repair"),
    child(23, 4, "Ремонт телевизоров", "TV repair"),
    child(24, 4, "Ремонт бытовой техники", "Household appliance repair"),
    child(25, 5, "Фитнес", "Fitness"),
    child(26, 5, "Бассейн", "Swimming pool"),
    child(27, 5, "Теннис", "Tennis"),
    child(28, 5, "Баскетбол", "Basketball"),
    child(29, 5, "Футбол", "Football"),
    child(30, 5, "Волейбол", "Volleyball"),
    child(31, 5, "Йога", "Yoga"),
    child(32, 5, "Пилатес", "Pilates"),
    child(33, 5, "Бокс", "Boxing"),
    child(34, 5, "Кроссфит", "CrossFit"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_1_to_34_and_every_parent_is_one() {
        for (index, service) in CATALOGUE.iter().enumerate() {
            assert_eq!(usize::try_from(service.id.0).unwrap(), index + 1);
            if let Some(parent_id) = service.parent_id {
                assert_eq!(find(parent_id).unwrap().parent_id, None, "{}", service.id);
            }
        }
        assert_eq!(find(ServiceId(0)), None);
        assert_eq!(find(ServiceId(35)), None);
        assert_eq!(find(ServiceId(20)).unwrap().name(Locale::Ru), "Кардиолог");
        assert_eq!(find(ServiceId(6)).unwrap().category_id(), ServiceId(6));
    }

    #[test]
    fn a_service_is_found_by_a_part_of_its_name_in_any_language() {
        assert_eq!(named("ЙОГ"), [ServiceId(31)]);
        assert_eq!(named("haircut"), [ServiceId(7), ServiceId(8)]);
        assert_eq!(named("nothing of the kind"), []);
    }
}
